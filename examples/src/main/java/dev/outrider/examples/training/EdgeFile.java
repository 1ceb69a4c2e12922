package dev.outrider.examples.training;

import dev.outrider.examples.process.Ports;
import dev.outrider.examples.training.TrainingFiles.Workload;

/**
 * The configuration of the edge: what a front door in a cluster has, with a service of each kind.
 */
record EdgeFile(TrainingFiles files, EdgeCredentials credentials) {
    /** Leads into the mesh and takes this off the path. */
    static final String ORDERS = "/orders";

    String text() {
        return head() + guards() + ROUTES + services();
    }

    private String head() {
        Ports ports = files.ports();
        return """
        profile: edge
        name: front-door
        namespace: training
        identity:
          trustDomain: cluster.local
          id: %s
          ca: {address: "https://127.0.0.1:%d", bundle: %s, token: %s}
        accessLog: {output: %s}
        tracing: {sampling: 0%%}
        admin: {listen: "127.0.0.1:%d"}
        runtime: {spread: 0s, drain: 1s}
        edge:
          https:
            listen: 127.0.0.1:%d
            hsts: {maxAge: 1d}
            tls: {certificates: [{certificate: %s, key: %s}]}
        """
                .formatted(
                        Workload.TRAINED.id(),
                        ports.of("ca"),
                        files.bundle(),
                        files.token(Workload.TRAINED),
                        files.directory().resolve("edge.access"),
                        ports.of("trained admin"),
                        ports.of("trained https"),
                        credentials.certificate(),
                        credentials.key());
    }

    private String guards() {
        return """
          # A starved build machine is no reason to train on a Redis that is given up.
          redis: {addresses: ["127.0.0.1:%d"], budget: 10s}
          auth:
            jwt:
              issuers:
                login: {issuer: "%s", audience: [%s], jwks: {file: %s}}
            apiKeys: {file: %s}
          limits:
            named:
              per-client: {algorithm: token-bucket, quotas: {second: 1000000}}
              per-user:
                key: [user]
                policy: redis
                quotas: {minute: 1000000}
                tiers: {gold: {minute: 5000000}}
              per-key: {key: [api-key], quotas: {minute: 1000000, day: 100000000}}
              scarce: {key: [route], quotas: {day: 1}}
              scarce-everywhere: {key: [route], policy: redis, quotas: {day: 1}}
          everyRequest: [per-client]
        """
                .formatted(
                        files.ports().of("redis"),
                        EdgeCredentials.ISSUER,
                        EdgeCredentials.AUDIENCE,
                        credentials.jwks(),
                        credentials.apiKeys());
    }

    private static final String ROUTES =
            """
              routes:
                - name: orders
                  match: {hosts: [shop.example.com], path: {prefix: /orders}, methods: [GET, POST]}
                  auth: {jwt: [login], scopes: {any: ["orders:read"]}}
                  limits: [per-user]
                  cors: {origins: ["https://app.example.com"], headers: [Authorization], credentials: true}
                  rewrite: {prefix: /}
                  service: companion
                - name: items
                  match: {path: {template: "/users/{id}/items"}, methods: [GET]}
                  auth: {apiKey: true}
                  limits: [per-key]
                  rewrite: {path: "/items/by-user/{id}"}
                  requestHeaders: {set: {X-User: "$${path.id}"}, remove: [Cookie]}
                  responseHeaders: {remove: [Server]}
                  service: app
                - name: pages
                  match: {path: {prefix: /pages}, methods: [GET]}
                  auth: {anonymous: true}
                  split: {services: {companion: 50, app: 50}}
                - name: grpc
                  match: {path: {prefix: /shop.Orders}, methods: [POST]}
                  auth: {jwt: [login]}
                  service: companion
                - name: reports
                  match: {path: {prefix: /reports}}
                  auth: {jwt: [login], roles: {any: [accountant]}}
                  service: app
                - name: scarce
                  match: {path: {exact: /scarce}}
                  auth: {anonymous: true}
                  limits: [scarce]
                  service: app
                - name: scarce-everywhere
                  match: {path: {exact: /scarce-everywhere}}
                  auth: {anonymous: true}
                  limits: [scarce-everywhere]
                  service: app
                - name: health
                  match: {path: {exact: /health}}
                  answer: {body: "well"}
            """
                    .indent(0);

    private String services() {
        Workload companion = Workload.COMPANION;
        return """
          services:
            app:
              hosts: [app]
              endpoints: {static: ["127.0.0.1:%d"]}
              mtls: false
              timeout: 15s
              breaker: {failureRate: 90%%}
            %2$s:
              hosts: [%2$s]
              endpoints: {static: ["127.0.0.1:%3$d"]}
              identity: %4$s
              audience: %2$s
              timeout: 15s
              retry: {attempts: 2, backoff: {base: 25ms, max: 250ms}}
              # As for Redis.
              pool: {connectTimeout: 30s}
              breaker: {failureRate: 90%%}
        """
                .formatted(
                        files.ports().of("app"),
                        companion.service(),
                        files.ports().of("companion inbound"),
                        companion.id());
    }
}
