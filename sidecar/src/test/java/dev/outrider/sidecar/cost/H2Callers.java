package dev.outrider.sidecar.cost;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** As {@link Callers}, with HTTP/2: several requests at a time on each connection. */
final class H2Callers implements AutoCloseable {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int AT_A_TIME = 8;

    private final List<Socket> sockets = new ArrayList<>();
    private final List<H2Frames> connections = new ArrayList<>();
    private int nextId = 1;

    H2Callers(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            sockets.add(socket);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            H2Frames frames =
                    new H2Frames(
                            socket,
                            ":method",
                            "GET",
                            ":scheme",
                            "http",
                            ":authority",
                            "app",
                            ":path",
                            "/orders/4711",
                            "user-agent",
                            "callers/1",
                            "accept",
                            "*/*",
                            "x-forwarded-for",
                            "203.0.113.7");
            frames.begin(PREFACE);
            connections.add(frames);
        }
    }

    /** Makes so many requests, rounded down to whole rounds, and tells how many they were. */
    int call(int requests) throws IOException {
        int round = connections.size() * AT_A_TIME;
        int made = 0;
        for (; made + round <= requests; made += round) {
            for (H2Frames each : connections) {
                for (int i = 0; i < AT_A_TIME; i++) {
                    each.head(nextId + 2 * i, true);
                }
                each.flush();
            }
            for (H2Frames each : connections) {
                read(each);
            }
            nextId += 2 * AT_A_TIME;
        }
        return made;
    }

    /** Anything but the app's body is an error. */
    private void read(H2Frames from) throws IOException {
        int ended = 0;
        int bytes = 0;
        while (ended < AT_A_TIME) {
            from.next();
            if (from.type == H2Frames.DATA) {
                bytes += from.length;
            }
            boolean carries = from.type == H2Frames.DATA || from.type == H2Frames.HEADERS;
            if (carries && from.last()) {
                ended++;
            }
        }
        if (bytes != AT_A_TIME * FixedApp.BODY) {
            throw new IOException("the answers had " + bytes + " bytes together");
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket each : sockets) {
            each.close();
        }
    }
}
