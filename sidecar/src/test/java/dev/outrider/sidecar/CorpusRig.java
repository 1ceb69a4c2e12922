package dev.outrider.sidecar;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** A sidecar of a real configuration file, both ways, with small limits, and its app. */
final class CorpusRig implements AutoCloseable {
    final CorpusUpstream upstream = new CorpusUpstream();
    private final Mesh mesh;
    private final Sidecar sidecar;

    CorpusRig(Path folder) throws IOException {
        mesh = new Mesh(folder);
        String limits =
                "{requestLine: 1000B, head: 4000B, fields: 20, body: 10000B, bodyTimeout: 10s}";
        sidecar =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + """
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: %2$s
                                  ports: {%3$d: http}
                                  mtls: permissive
                                  http: %1$s
                                outbound:
                                  listen: 127.0.0.1:0
                                  http: %1$s
                                  services:
                                    a:
                                      hosts: [a, b, a.b-c_d~e, "127.0.0.1", "[::1]"]
                                      endpoints: {static: ["%2$s"]}
                                      mtls: false
                                      timeout: 10s
                                      retry: {attempts: 0}
                                      breaker: {enabled: false}
                                      outliers: {enabled: false}
                                """
                                        .formatted(limits, upstream.address(), upstream.port()));
    }

    int port(String listener) {
        return Objects.requireNonNull(sidecar.address(listener)).getPort();
    }

    @Override
    public void close() throws IOException {
        mesh.close();
        upstream.close();
    }
}
