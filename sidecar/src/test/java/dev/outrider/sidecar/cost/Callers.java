package dev.outrider.sidecar.cost;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients with a connection each, who all ask at once and then all wait for their answers. */
final class Callers implements AutoCloseable {
    private static final byte[] REQUEST =
            """
            GET /orders/4711 HTTP/1.1
            Host: app
            User-Agent: callers/1
            Accept: */*
            X-Forwarded-For: 203.0.113.7

            """
                    .replace("\n", "\r\n")
                    .getBytes(StandardCharsets.US_ASCII);

    private final List<Socket> sockets = new ArrayList<>();
    private final byte[] answer = new byte[4096];

    Callers(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            sockets.add(socket);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
        }
    }

    /** Makes so many requests, rounded down to whole rounds, and tells how many they were. */
    int call(int requests) throws IOException {
        int made = 0;
        while (made + sockets.size() <= requests) {
            for (Socket each : sockets) {
                each.getOutputStream().write(REQUEST);
            }
            for (Socket each : sockets) {
                read(each.getInputStream());
            }
            made += sockets.size();
        }
        return made;
    }

    /** Any other answer than the app's is an error at once, since its end is another one. */
    private void read(InputStream in) throws IOException {
        int length = 0;
        while (length == 0 || answer[length - 1] != FixedApp.LAST) {
            int more = in.read(answer, length, answer.length - length);
            if (more < 0) {
                throw new IOException("the sidecar closed the connection");
            }
            length += more;
            String text = new String(answer, 0, length, StandardCharsets.US_ASCII);
            if (length >= 12 && !text.startsWith("HTTP/1.1 200")) {
                throw new IOException("the answer was " + text);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket each : sockets) {
            each.close();
        }
    }
}
