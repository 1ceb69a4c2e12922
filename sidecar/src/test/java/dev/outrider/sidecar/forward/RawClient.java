package dev.outrider.sidecar.forward;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An HTTP client that says exactly what it is told and reads exactly what comes. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    /** A response as it stood on the wire; {@code body} without its chunk frames. */
    record Answer(int status, String head, String body) {
        boolean has(String line) {
            return head.toLowerCase(Locale.ROOT).contains("\r\n" + line.toLowerCase(Locale.ROOT));
        }
    }

    private final Socket socket = new Socket();
    private final InputStream in;

    RawClient(int port) throws IOException {
        this(port, 0);
    }

    RawClient(int port, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        in = socket.getInputStream();
    }

    Socket socket() {
        return socket;
    }

    InputStream in() {
        return in;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads one response whole, to a request that was no HEAD. */
    Answer answer() throws IOException {
        String head = head();
        int status = status(head);
        boolean none = status < 200 || status == 204 || status == 304;
        return new Answer(status, head, none ? "" : Wire.body(in, head));
    }

    /** Reads one head without a body. */
    Answer headOnly() throws IOException {
        String head = head();
        return new Answer(status(head), head, "");
    }

    String head() throws IOException {
        String head = Wire.head(in);
        if (head.isEmpty()) {
            throw new EOFException("the connection closed in place of a response");
        }
        return head;
    }

    private static int status(String head) {
        return Integer.parseInt(head.substring(9, 12));
    }

    /** What comes until the peer closes; a reset counts as a close. */
    String rest() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            in.transferTo(out);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            out.write("<reset>".getBytes(StandardCharsets.US_ASCII));
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** Leaves with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
