package dev.outrider.sidecar;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * The app behind a sidecar under a corpus. It is a stricter reader than any: it takes a message
 * only in the very form the sidecar writes, and remembers it as it stood on the wire, less the
 * fields that are the sidecar's own.
 */
final class CorpusUpstream implements AutoCloseable {
    /** What a request to /fence gets, whatever else is answered. */
    static final String FENCE = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfence";

    private static final Pattern OWN_FIELDS =
            Pattern.compile(
                    "(?i)(?<=\r\n)(?:x-request-id|traceparent|tracestate|b3|x-b3-[a-z]+|outrider-timeout-ms): [^\r]*\r\n");

    /** What is answered, and whether the connection closes then. */
    record Answer(byte[] bytes, boolean close) {}

    /**
     * Complete messages; chunks are joined into one, since the network decides how they are cut.
     */
    final List<String> messages = new CopyOnWriteArrayList<>();

    /** All that came, complete or not, but for fences. */
    final AtomicLong bytes = new AtomicLong();

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile Answer answer = new Answer(ascii("HTTP/1.1 204 No Content\r\n\r\n"), false);

    CorpusUpstream() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    static String withoutOwnFields(String head) {
        return OWN_FIELDS.matcher(head).replaceAll("");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    int port() {
        return server.getLocalPort();
    }

    void answer(byte[] bytes, boolean close) {
        answer = new Answer(bytes, close);
    }

    /** Forgets what has come. */
    void forget() {
        messages.clear();
        bytes.set(0);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (true) {
                String wire = head(in);
                String head = withoutOwnFields(wire);
                String message = head + body(in, head);
                boolean fence = head.startsWith("GET /fence HTTP/1.1\r\n");
                Answer now = answer;
                if (fence) {
                    bytes.addAndGet(-wire.length());
                } else {
                    messages.add(message);
                }
                socket.getOutputStream().write(fence ? ascii(FENCE) : now.bytes);
                if (!fence && now.close) {
                    return;
                }
            }
        } catch (IOException e) {
            // What was no complete message is not among them.
        }
    }

    private int next(InputStream in) throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException();
        }
        bytes.incrementAndGet();
        return next;
    }

    private String head(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int seen = 0; seen != 0x0d0a0d0a; ) {
            int next = next(in);
            out.write(next);
            seen = seen << 8 | next;
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private String body(InputStream in, String head) throws IOException {
        int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("\r\ncontent-length: ");
        if (head.contains("\r\nTransfer-Encoding: chunked\r\n")) {
            return chunks(in);
        }
        int length =
                at < 0
                        ? 0
                        : Integer.parseInt(
                                head.substring(at + 18).lines().findFirst().orElseThrow());
        return exactly(in, length);
    }

    private String chunks(InputStream in) throws IOException {
        StringBuilder data = new StringBuilder();
        for (int size = size(in); size > 0; size = size(in)) {
            data.append(exactly(in, size));
            if (!exactly(in, 2).equals("\r\n")) {
                throw new EOFException("a chunk is longer than it says");
            }
        }
        StringBuilder trailers = new StringBuilder();
        for (String line = line(in); !line.equals("\r\n"); line = line(in)) {
            trailers.append(line);
        }
        String chunk =
                data.isEmpty() ? "" : Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
        return chunk + "0\r\n" + trailers + "\r\n";
    }

    private int size(InputStream in) throws IOException {
        String line = line(in);
        if (!line.matches("(0|[1-9a-f][0-9a-f]{0,6})\r\n")) {
            throw new EOFException("no size: " + line);
        }
        return Integer.parseInt(line.strip(), 16);
    }

    private String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.isEmpty() || line.charAt(line.length() - 1) != '\n') {
            line.append((char) next(in));
        }
        return line.toString();
    }

    private String exactly(InputStream in, int length) throws IOException {
        byte[] read = in.readNBytes(length);
        bytes.addAndGet(read.length);
        if (read.length < length) {
            throw new EOFException();
        }
        return new String(read, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket each : sockets) {
            each.close();
        }
    }
}
