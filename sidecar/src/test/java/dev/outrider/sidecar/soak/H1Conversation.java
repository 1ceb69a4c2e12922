package dev.outrider.sidecar.soak;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP/1.1 app: answers with the body it got, /events with a stream of events, and a WebSocket
 * echoes each message.
 */
final class H1Conversation implements KillableServer.Conversation {
    static final int EVENTS = 10;

    @Override
    public void hold(Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = new BufferedOutputStream(socket.getOutputStream());
        H1Message request = H1Message.readOrEnd(in);
        while (request != null) {
            if (request.field("upgrade") != null) {
                webSocket(in, out, request);
                return;
            }
            byte[] body = request.body(in);
            if (request.first().contains(" /events ")) {
                events(out);
            } else {
                answer(out, body);
            }
            request = H1Message.readOrEnd(in);
        }
    }

    private static void answer(OutputStream out, byte[] body) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
        out.write(body);
        out.flush();
    }

    private static void events(OutputStream out) throws IOException {
        write(
                out,
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < EVENTS; i++) {
            String event = "data: " + i + "\n\n";
            write(out, Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
            out.flush();
        }
        write(out, "0\r\n\r\n");
        out.flush();
    }

    private static void webSocket(InputStream in, OutputStream out, H1Message request)
            throws IOException {
        String key = request.field("sec-websocket-key");
        write(
                out,
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: "
                        + WebSocketFrame.accept(key == null ? "" : key)
                        + "\r\n\r\n");
        out.flush();
        WebSocketFrame frame;
        do {
            frame = WebSocketFrame.read(in);
            frame.write(out, false);
            out.flush();
        } while (frame.opcode() != WebSocketFrame.CLOSE);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
