package dev.outrider.sidecar;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;

/** A caller's sidecar and an app's sidecar, joined by mutual TLS: web calls orders. */
final class MeshPair implements AutoCloseable {
    final Mesh mesh;
    final Sidecar orders;
    final Sidecar web;

    /**
     * @param inbound lines of YAML for the way in to the app
     * @param service lines of YAML for how web calls orders, whose hosts are orders and localhost
     */
    MeshPair(Path folder, int app, String inbound, String service) throws IOException {
        mesh = new Mesh(folder);
        orders =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + """
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: 127.0.0.1:%d
                                """
                                        .formatted(app)
                                + inbound.indent(2));
        web =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:0
                                  services:
                                    orders:
                                      hosts: [orders, localhost, "127.0.0.1"]
                                      endpoints: {static: ["127.0.0.1:%d"]}
                                      identity: %s
                                """
                                        .formatted(inboundPort(), Mesh.ORDERS)
                                + service.indent(6));
    }

    /** Where the caller connects, in clear text. */
    int port() {
        return port(web, "outbound");
    }

    /** Where other sidecars connect. */
    int inboundPort() {
        return port(orders, "inbound");
    }

    static int port(Sidecar sidecar, String listener) {
        return Objects.requireNonNull(sidecar.address(listener)).getPort();
    }

    /** A number out of a sidecar's metrics: of all series that begin so, the sum. */
    static double metric(Sidecar sidecar, String series) throws IOException {
        return RawClient.get(port(sidecar, "admin"), "localhost", "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        mesh.close();
    }
}
