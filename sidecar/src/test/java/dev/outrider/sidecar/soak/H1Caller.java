package dev.outrider.sidecar.soak;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Calls over HTTP/1.1 on one keep-alive connection. */
final class H1Caller implements Caller {
    private final int port;
    private final Kind kind;
    private @Nullable Connection connection;

    enum Kind {
        GET,
        PUT,
        POST_CHUNKED,
        EVENTS,
        WEBSOCKET,
        WEBSOCKET_HELD
    }

    private record Connection(Socket socket, InputStream in, OutputStream out) {
        static Connection open(int port) throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(60_000);
            socket.setTcpNoDelay(true);
            return new Connection(
                    socket,
                    new BufferedInputStream(socket.getInputStream()),
                    new BufferedOutputStream(socket.getOutputStream()));
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    H1Caller(int port, Kind kind) {
        this.port = port;
        this.kind = kind;
    }

    @Override
    public void call(RandomGenerator random) throws IOException {
        Connection open = connection;
        if (open == null) {
            open = Connection.open(port);
            connection = open;
        }
        boolean goesOn = false;
        try {
            goesOn = call(open, random);
        } finally {
            if (!goesOn) {
                close();
            }
        }
    }

    /** Whether the connection goes on. */
    private boolean call(Connection to, RandomGenerator random) throws IOException {
        return switch (kind) {
            case GET -> {
                to.write("GET /get HTTP/1.1\r\nHost: orders\r\n\r\n");
                yield answer(to, new byte[0]);
            }
            case PUT -> {
                byte[] body = Caller.bytes(random, random.nextInt(1, 40_000));
                to.write("PUT /put HTTP/1.1\r\nHost: orders\r\nContent-Length: ");
                to.write(body.length + "\r\n\r\n");
                to.out.write(body);
                yield answer(to, body);
            }
            case POST_CHUNKED -> {
                byte[] chunk = Caller.bytes(random, random.nextInt(1, 60_000));
                to.write("POST /post HTTP/1.1\r\nHost: orders\r\n");
                to.write("Transfer-Encoding: chunked\r\n\r\n");
                to.write(Integer.toHexString(chunk.length) + "\r\n");
                to.out.write(chunk);
                to.write("\r\n0\r\n\r\n");
                yield answer(to, chunk);
            }
            case EVENTS -> {
                to.write("GET /events HTTP/1.1\r\nHost: orders\r\n\r\n");
                StringBuilder events = new StringBuilder();
                for (int i = 0; i < H1Conversation.EVENTS; i++) {
                    events.append("data: ").append(i).append("\n\n");
                }
                yield answer(to, events.toString().getBytes(StandardCharsets.ISO_8859_1));
            }
            case WEBSOCKET -> {
                webSocket(to, random, Pace.QUICK);
                yield false;
            }
            case WEBSOCKET_HELD -> {
                webSocket(to, random, Pace.HELD);
                yield false;
            }
        };
    }

    private boolean answer(Connection from, byte[] expected) throws IOException {
        from.out.flush();
        H1Message head = H1Message.read(from.in);
        byte[] body = body(head, from);
        if (head.status() != 200) {
            throw refused(head, body, expected.length);
        }
        if (!Arrays.equals(body, expected)) {
            throw new IllegalStateException(body.length + " bytes instead of " + expected.length);
        }
        return !"close".equalsIgnoreCase(head.field("connection"));
    }

    private static byte[] body(H1Message head, Connection from) throws IOException {
        try {
            return head.body(from.in);
        } catch (IOException e) {
            throw new CallFailed(Excuse.ANSWER_BEGUN, e);
        }
    }

    private CallFailed refused(H1Message head, byte[] body, int sent) {
        String status = head.field("proxy-status");
        return new CallFailed(
                kind == Kind.POST_CHUNKED ? Caller.ofPost(status, sent) : null,
                head.first() + " " + status + " " + new String(body, StandardCharsets.UTF_8));
    }

    private void webSocket(Connection to, RandomGenerator random, Pace pace) throws IOException {
        String key = "dGhlIHNhbXBsZSBub25jZQ==";
        to.write("GET /chat HTTP/1.1\r\nHost: orders\r\nConnection: Upgrade\r\n");
        to.write("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
        to.write("Sec-WebSocket-Key: " + key + "\r\n\r\n");
        to.out.flush();
        H1Message head = H1Message.read(to.in);
        if (head.status() != 101) {
            throw refused(head, body(head, to), 0);
        }
        if (!WebSocketFrame.accept(key).equals(head.field("sec-websocket-accept"))) {
            throw new IOException("the key was not answered: " + head);
        }
        try {
            for (int i = 0; i < pace.messages; i++) {
                byte[] message = Caller.bytes(random, random.nextInt(1000));
                echo(to, new WebSocketFrame(WebSocketFrame.BINARY, message));
                pace.pause();
            }
            echo(to, new WebSocketFrame(WebSocketFrame.CLOSE, new byte[] {3, (byte) 0xe8}));
            if (to.in.read() >= 0) {
                throw new IllegalStateException("bytes after the close frame");
            }
        } catch (IOException e) {
            throw new CallFailed(Excuse.CONVERSATION, e);
        }
    }

    /** Bytes that differ are no end of a connection: nothing excuses them. */
    private static void echo(Connection to, WebSocketFrame frame) throws IOException {
        frame.write(to.out, true);
        to.out.flush();
        WebSocketFrame back = WebSocketFrame.read(to.in);
        if (back.opcode() != frame.opcode() || !Arrays.equals(back.payload(), frame.payload())) {
            throw new IllegalStateException("another message came back");
        }
    }

    @Override
    public void close() throws IOException {
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.socket.close();
        }
    }
}
