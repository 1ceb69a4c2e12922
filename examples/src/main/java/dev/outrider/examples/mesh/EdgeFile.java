package dev.outrider.examples.mesh;

import dev.outrider.examples.process.Ports;
import java.nio.file.Path;

/** The configuration of the front door, as a person would write it. */
record EdgeFile(Ports ports, Path directory, SidecarFile sidecars) {
    static final String NAME = "edge";

    String text() {
        return """
        # The front door. Written by `outrider demo`; yours to read and to try things with.
        profile: edge
        name: edge
        namespace: shop
        identity:
          trustDomain: %s
          id: %s
          ca: {address: "https://127.0.0.1:%d", bundle: %s, token: %s}
        edge:
          http: {listen: 127.0.0.1:%d, redirect: false}   # examples/edge.yaml has TLS
          auth:
            apiKeys: {file: %s}
          limits:
            named:
              orders:
                algorithm: token-bucket
                key: [api-key]
                quotas: {minute: 60, burst: 3}            # whoever has no better tier
                tiers: {gold: {minute: 6000, burst: 200}}
                throttle: {queue: 2, wait: 3s}            # two may wait for their turn
          routes:
            - name: orders
              match: {path: {exact: /orders}, methods: [POST]}
              service: web
              auth: {apiKey: true}
              limits: [orders]
            - name: welcome
              match: {path: {exact: /welcome}, methods: [GET]}
              auth: {apiKey: true}
              answer: {body: "welcome"}
          services:
            web:
              hosts: [web]
              endpoints: {static: ["127.0.0.1:%d"]}
              identity: %s
              timeout: 8s
              retry: {attempts: 0}
        tracing: {sampling: 100%%, zipkin: "http://127.0.0.1:%d/api/v2/spans"}
        accessLog: {output: %s}
        admin: {listen: 127.0.0.1:%d}
        """
                .formatted(
                        SidecarFile.TRUST_DOMAIN,
                        SidecarFile.id(NAME),
                        ports.of("ca"),
                        sidecars.bundle(),
                        sidecars.token(NAME),
                        ports.of("edge"),
                        directory.resolve("api-keys.json"),
                        ports.of(Workload.WEB.inbound()),
                        SidecarFile.id("web"),
                        ports.of("zipkin"),
                        directory.resolve("edge-access.jsonl"),
                        ports.of("edge admin"));
    }
}
