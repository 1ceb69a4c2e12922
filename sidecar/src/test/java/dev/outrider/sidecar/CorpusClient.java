package dev.outrider.sidecar;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** A client that sends bytes and reads messages, strictly. */
final class CorpusClient implements AutoCloseable {
    static final String FENCE = "GET /fence HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    CorpusClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = socket.getInputStream();
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void sendInTwo(byte[] bytes) throws IOException {
        send(Arrays.copyOf(bytes, bytes.length / 2));
        send(Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length));
    }

    /** One message as it stood on the wire, to a request that was no HEAD. */
    String answer() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int seen = 0; seen != 0x0d0a0d0a; ) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException(
                        "closed after: " + out.toString(StandardCharsets.ISO_8859_1));
            }
            out.write(next);
            seen = seen << 8 | next;
        }
        String head = out.toString(StandardCharsets.ISO_8859_1);
        int at = head.toLowerCase(Locale.ROOT).indexOf("\r\ncontent-length: ");
        if (at >= 0) {
            int length = Integer.parseInt(head.substring(at + 18, head.indexOf('\r', at + 2)));
            out.write(in.readNBytes(length));
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** Exactly that many bytes, or as many as come before the end. */
    String bytes(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** What comes until the end; a reset is an end too. */
    String rest() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            in.transferTo(out);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // A reset.
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
