package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Captured connections whose bytes are relayed, while the configuration of their service changes.
 */
class CapturedChangeIT {
    private static final int CHANGES = 50;

    /** The service and what it is known by change from one to the next. */
    private static String yaml(int version, int port) {
        String hosts = version % 2 == 0 ? "[db]" : "[db, database]";
        String more = version % 3 == 0 ? "" : "pool: {connectTimeout: %ds}".formatted(version + 1);
        return """
        name: web
        namespace: shop
        accessLog: {output: "off"}
        admin: {enabled: false}
        runtime: {loops: 2}
        outbound:
          listen: 127.0.0.1:0
          ports: {"%1$d": tcp}
          services:
            db:
              hosts: %2$s
              addresses: ["127.0.0.1:%1$d"]
              endpoints: {static: ["127.0.0.1:%1$d"]}
              mtls: false
              breaker: {minimumRequests: %3$d}
              %4$s
        """
                .formatted(port, hosts, 20 + version, more);
    }

    @Test
    void oldConnectionsGoOnAndNewOnesCome(@TempDir Path folder) throws Exception {
        try (ServerSocket database = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> serve(database));
            int port = database.getLocalPort();
            InetSocketAddress destination = new InetSocketAddress("127.0.0.1", port);
            try (CapturedWay way = new CapturedWay(folder, destination, yaml(0, port));
                    Socket old = greeted(way.port())) {
                for (int i = 1; i <= CHANGES; i++) {
                    way.change(yaml(i, port));
                    ask(old, "old " + i);
                    try (Socket fresh = greeted(way.port())) {
                        ask(fresh, "fresh " + i);
                    }
                }
            }
        }
    }

    /** A server that speaks first, and then repeats what it hears. */
    private static void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket taken = server.accept();
                Thread.startVirtualThread(() -> repeat(taken));
            } catch (IOException e) {
                return; // it was closed
            }
        }
    }

    private static void repeat(Socket client) {
        try (client) {
            client.getOutputStream().write("220 ready\n".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket greeted(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) Mesh.PATIENCE.toMillis());
        assertThat(read(socket, 10)).isEqualTo("220 ready\n");
        return socket;
    }

    private static void ask(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        assertThat(read(socket, text.length())).isEqualTo(text);
    }

    private static String read(Socket socket, int count) throws IOException {
        return new String(socket.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
    }
}
