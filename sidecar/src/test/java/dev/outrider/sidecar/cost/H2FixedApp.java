package dev.outrider.sidecar.cost;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** As {@link FixedApp}, with HTTP/2: what has come at once is answered in one write. */
final class H2FixedApp implements AutoCloseable {
    private static final int PREFACE = 24;

    private final byte[] body = new byte[FixedApp.BODY];
    private final ServerSocket listening =
            new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());

    H2FixedApp() throws IOException {
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

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            H2Frames frames =
                    new H2Frames(
                            socket,
                            ":status",
                            "200",
                            "server",
                            "app",
                            "date",
                            "Fri, 27 Nov 2026 12:00:00 GMT",
                            "content-type",
                            "text/plain",
                            "content-length",
                            Integer.toString(FixedApp.BODY));
            frames.begin(new byte[0]);
            frames.skip(PREFACE);
            while (true) {
                frames.next();
                if (frames.type == H2Frames.HEADERS) {
                    frames.head(frames.id, false);
                    frames.body(frames.id, body);
                }
                if (!frames.moreHasCome()) {
                    frames.flush();
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
