package dev.outrider.sidecar;

import dev.outrider.sidecar.forward.Wire;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;

/** One end of a connection of HTTP/1.1, said and read as it is on the wire. */
final class H1Peer implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    private H1Peer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout((int) Mesh.PATIENCE.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
    }

    static H1Peer client(int port) throws IOException {
        return new H1Peer(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** On a connection that is there. */
    static H1Peer on(Socket socket) throws IOException {
        return new H1Peer(socket);
    }

    static H1Peer accept(ServerSocket server) throws IOException {
        return new H1Peer(server.accept());
    }

    H1Peer say(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    String head() throws IOException {
        return Wire.head(in);
    }

    /** The body that the head announces, with trailers behind a bar. */
    String body(String head) throws IOException {
        return Wire.body(in, head);
    }

    /** Content of the next chunks, until there is so much. */
    String chunks(int count) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < count) {
            int size = Integer.parseInt(line(), 16);
            text.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
            line();
        }
        return text.toString();
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("ended after " + text);
            }
            text.append((char) c);
        }
        return text.toString().strip();
    }

    /** So many characters. */
    String read(int count) throws IOException {
        return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    /** Everything until the other side's end, which must be an orderly one. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Says that nothing more will come, and stays to listen. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Breaks the connection off. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Waits until the other side breaks off, seen by what is written. */
    void untilReset() {
        Awaitility.await()
                .atMost(Mesh.PATIENCE)
                .until(() -> {
                    try {
                        say(".");
                        return false;
                    } catch (IOException e) {
                        return true;
                    }
                });
    }

    /** Goes away in the middle of whatever there is. */
    void leave() throws IOException {
        socket.close();
    }

    /** Waits for the other side's end, be it orderly or not. */
    void untilClosed() {
        try {
            while (in.read() >= 0) {}
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException e) {
            // A reset is an end too.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
