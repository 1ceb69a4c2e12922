package dev.outrider.sidecar;

/** Envoy in a sidecar's place: on the way out, and on the way in. */
final class EnvoyYaml {
    private static final String CERTIFICATES =
            """
            common_tls_context:
              alpn_protocols: [http/1.1]
              tls_params: {tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_3}
              tls_certificates:
              - certificate_chain: {filename: "@folder@/svid.pem"}
                private_key: {filename: "@folder@/svid-key.pem"}
              validation_context:
                trusted_ca: {filename: "@folder@/bundle.pem"}
                match_typed_subject_alt_names:
                - san_type: URI
                  matcher: {exact: "@peer@"}
            """;

    static final String OUTBOUND = with("", client("spiffe://cluster.local/ns/shop/sa/orders"), "");

    static final String INBOUND =
            with(
                    server("spiffe://cluster.local/ns/shop/sa/web"),
                    "",
                    """
                    forward_client_cert_details: SANITIZE_SET
                    set_current_client_cert_details: {uri: true}
                    """);

    private EnvoyYaml() {}

    private static String client(String peer) {
        return """
        transport_socket:
          name: tls
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
        """
                + CERTIFICATES.replace("@peer@", peer).indent(4);
    }

    private static String server(String peer) {
        return """
        transport_socket:
          name: tls
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
            require_client_certificate: true
        """
                + CERTIFICATES.replace("@peer@", peer).indent(4);
    }

    private static String with(String listener, String cluster, String manager) {
        return """
        static_resources:
          listeners:
          - name: in
            address: {socket_address: {address: 127.0.0.1, port_value: @listen@}}
            filter_chains:
            - filters:
              - name: http
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
        %s
                  route_config:
                    virtual_hosts:
                    - {name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: up}}]}
                  http_filters:
                  - name: router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        %s
          clusters:
          - name: up
            type: STATIC
            load_assignment:
              cluster_name: up
              endpoints:
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: @upstream@}}}
        %s
        """
                .formatted(manager.indent(10), listener.indent(6), cluster.indent(4));
    }
}
