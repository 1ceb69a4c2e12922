package dev.outrider.sidecar.cost;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An app on loopback that answers every request with the same bytes, in one write. */
final class FixedApp implements AutoCloseable {
    /** The last byte of every answer, which is nowhere else in it. */
    static final byte LAST = '!';

    /** Bytes of an answer's body. */
    static final int BODY = 1024;

    private static final byte[] ANSWER =
            ("HTTP/1.1 200 OK\r\nServer: app\r\nDate: Fri, 27 Nov 2026 12:00:00 GMT\r\n"
                            + "Content-Type: text/plain\r\nContent-Length: 1024\r\n\r\n"
                            + "x".repeat(1023)
                            + (char) LAST)
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listening =
            new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());

    FixedApp() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] head = new byte[4096];
            int length = 0;
            while (true) {
                int more = in.read(head, length, head.length - length);
                if (more < 0) {
                    return;
                }
                length += more;
                if (length >= 4 && head[length - 1] == '\n' && head[length - 3] == '\n') {
                    out.write(ANSWER);
                    length = 0;
                }
            }
        } catch (IOException e) {
            // The sidecar has gone.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
