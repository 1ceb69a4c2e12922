package dev.outrider.examples.mesh;

import dev.outrider.examples.process.Ports;
import java.nio.file.Path;
import java.util.List;

/** The configuration of one sidecar, as a person would write it. */
record SidecarFile(Ports ports, Path directory) {
    static final String TRUST_DOMAIN = "cluster.local";

    private static final List<String> TO_ORDERS =
            List.of(
                    "timeout: 6s",
                    "# Who is nearest to a failure tries again; if every hop did, tries would multiply.",
                    "retry: {attempts: 0}");

    private static final List<String> TO_BILLING =
            List.of(
                    "timeout: 4s",
                    "# An invoice is made with PUT, so asking again is safe.",
                    "retry: {attempts: 2, perTry: 1s, backoff: {base: 25ms, max: 250ms}}",
                    "breaker: {failureRate: 50%, window: 10s, minimumRequests: 10, openFor: 3s,"
                            + " probes: 3}");

    String text(Workload workload) {
        return """
        # The sidecar of %s. Written by `outrider demo`; yours to read and to try things with.
        profile: sidecar
        name: %s
        namespace: shop
        """
                        .formatted(workload.instance(), workload.service())
                + identity(workload)
                + inbound(workload)
                + outbound(workload)
                + """
                tracing: {sampling: 100%%, zipkin: "http://127.0.0.1:%d/api/v2/spans"}
                accessLog: {output: %s}
                admin: {listen: 127.0.0.1:%d}
                """
                        .formatted(
                                ports.of("zipkin"),
                                accessLog(workload),
                                ports.of(workload.admin()));
    }

    Path accessLog(Workload workload) {
        return directory.resolve(workload.instance() + "-access.jsonl");
    }

    Path token(String service) {
        return directory.resolve(service + "-token.txt");
    }

    Path bundle() {
        return directory.resolve("ca").resolve("bundle.pem");
    }

    static String id(String service) {
        return "spiffe://" + TRUST_DOMAIN + "/ns/shop/sa/" + service;
    }

    private String identity(Workload workload) {
        return """
        identity:
          trustDomain: %s
          id: %s
          ca: {address: "https://127.0.0.1:%d", bundle: %s, token: %s}
        """
                .formatted(
                        TRUST_DOMAIN,
                        id(workload.service()),
                        ports.of("ca"),
                        bundle(),
                        token(workload.service()));
    }

    private String inbound(Workload workload) {
        String common =
                """
                inbound:
                  listen: 127.0.0.1:%d
                  app: 127.0.0.1:%d
                """
                        .formatted(ports.of(workload.inbound()), ports.of(workload.app()));
        return common
                + switch (workload.service()) {
                    case "web" ->
                            """
                              mtls: permissive     # browsers have no identity in the mesh
                              access: [{name: shoppers, allow: {methods: [GET, POST]}}]
                            """;
                    case "orders" -> guarded("orders", "web", "/orders/*");
                    default -> guarded("billing", "orders", "/invoices/*");
                };
    }

    private static String guarded(String service, String caller, String path) {
        return """
          mtls: strict
          jwt: {audience: [%s]}
          access:
            - name: %s-only
              allow: {from: ["%s"], methods: [GET, PUT], paths: [%s]}
        """
                .formatted(service, caller, id(caller), path);
    }

    private String outbound(Workload workload) {
        return switch (workload.service()) {
            case "web" -> destinations(workload, "orders", List.of(Workload.ORDERS), TO_ORDERS);
            case "orders" -> destinations(workload, "billing", Workload.BILLING, TO_BILLING);
            default -> "";
        };
    }

    private String destinations(
            Workload from, String service, List<Workload> instances, List<String> policies) {
        StringBuilder endpoints = new StringBuilder();
        for (Workload instance : instances) {
            endpoints.append(endpoints.isEmpty() ? "" : ", ");
            endpoints.append("\"127.0.0.1:").append(ports.of(instance.inbound())).append('"');
        }
        return """
        outbound:
          listen: 127.0.0.1:%d
          services:
            %s:
              hosts: [%s]
              endpoints: {static: [%s]}
              identity: %s
              audience: %s
              mtls: true
              %s
        """
                .formatted(
                        ports.of(from.outbound()),
                        service,
                        service,
                        endpoints,
                        id(service),
                        service,
                        String.join("\n      ", policies));
    }
}
