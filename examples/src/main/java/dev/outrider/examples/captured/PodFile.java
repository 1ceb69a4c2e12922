package dev.outrider.examples.captured;

import java.nio.file.Path;

/** The configuration of one pod's sidecar, as a person would write it. */
record PodFile(Pod pod, Path directory, String caAddress) {
    static final String TRUST_DOMAIN = "cluster.local";

    /** Nobody has this address: it means redis to who is captured, as a ClusterIP does. */
    static final String REDIS_ADDRESS = "10.77.0.200";

    Path accessLog() {
        return directory.resolve("access.jsonl");
    }

    Path token() {
        return directory.resolve("token.txt");
    }

    Path bundle() {
        return directory.resolve("bundle.pem");
    }

    /** Another configuration of the same pod: its calls of orders are limited otherwise. */
    String changed(int version) {
        return text().replace(
                        "hosts: [orders]\n",
                        "hosts: [orders]\n      timeout: %ds\n".formatted(15 + version))
                .replace(
                        "hosts: [greeter]\n",
                        "hosts: [greeter]\n      pool: {connectTimeout: %ds}\n"
                                .formatted(1 + version));
    }

    String text() {
        return """
        # The sidecar of %s. Written by `outrider demo --captured`; yours to read.
        profile: sidecar
        name: %s
        namespace: shop
        identity:
          trustDomain: %s
          id: %s
          ca: {address: "https://%s", bundle: %s, token: %s}
        """
                        .formatted(
                                pod.host(),
                                pod.host(),
                                TRUST_DOMAIN,
                                pod.id(),
                                caAddress,
                                bundle(),
                                token())
                + switch (pod) {
                    case WEB -> WEB;
                    case ORDERS -> ORDERS;
                    case REDIS -> REDIS;
                }
                + "accessLog: {output: %s}\n".formatted(accessLog());
    }

    private static final String WEB =
            """
            inbound:
              listen: "[::]:15006"
              app: 10.77.0.1:8080      # by the pod's address: such connections are not led back here
              protocol: http1
            outbound:
              listen: "[::]:15001"
              capture: true
              unknown: pass            # what is no service goes there in plain text
              services:
                orders:
                  hosts: [orders]
                  endpoints: {static: ["10.77.0.2:8080"]}
                  identity: spiffe://cluster.local/ns/shop/sa/orders
                  audience: orders
                orders-by-ipv6:
                  hosts: [orders-by-ipv6]
                  endpoints: {static: ["[fd77::2]:8080"]}
                  identity: spiffe://cluster.local/ns/shop/sa/orders
                  audience: orders
                orders-without-token:
                  hosts: [orders-without-token]
                  endpoints: {static: ["10.77.0.2:8080"]}
                  identity: spiffe://cluster.local/ns/shop/sa/orders
                orders-impersonated:   # redis answers there, and is not taken for orders
                  hosts: [orders-impersonated]
                  endpoints: {static: ["10.77.0.3:8080"]}
                  identity: spiffe://cluster.local/ns/shop/sa/orders
                greeter:
                  hosts: [greeter]
                  endpoints: {static: ["10.77.0.2:9000"]}
                  identity: spiffe://cluster.local/ns/shop/sa/orders
                redis:
                  hosts: [redis]
                  addresses: ["%s:6379"]
                  endpoints: {static: ["10.77.0.3:6379", "[fd77::3]:6379"]}
                  identity: spiffe://cluster.local/ns/shop/sa/redis
                web:                   # itself
                  hosts: [web]
                  endpoints: {static: ["10.77.0.1:8080"]}
                  identity: spiffe://cluster.local/ns/shop/sa/web
            """
                    .formatted(REDIS_ADDRESS);

    private static final String ORDERS =
            """
            inbound:                   # no app: captured connections go on to where they were going
              listen: "[::]:15006"
              protocol: http1
              mtls: strict
              ports: {9000: tcp}       # its server speaks first
              jwt: {audience: [orders]}
              access:
                - name: web-only
                  allow: {from: ["spiffe://cluster.local/ns/shop/sa/web"]}
            outbound:
              listen: "[::]:15001"
              capture: true
              unknown: refuse
            """;

    private static final String REDIS =
            """
            inbound:
              listen: "[::]:15006"
              mtls: strict
              access:
                - name: web-only
                  allow: {from: ["spiffe://cluster.local/ns/shop/sa/web"]}
            outbound:
              listen: "[::]:15001"
              capture: true
              unknown: refuse
            """;
}
