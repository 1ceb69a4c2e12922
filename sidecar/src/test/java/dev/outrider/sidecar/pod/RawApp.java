package dev.outrider.sidecar.pod;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An app that says exactly what the test wants, to each connection anew. */
final class RawApp implements AutoCloseable {
    /** The heads of requests it was sent, in their order. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    final List<InetSocketAddress> callers = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;
    private final Script script;

    /** What happens on a connection whose request was read; then it is closed. */
    @FunctionalInterface
    interface Script {
        void run(Socket socket) throws Exception;
    }

    RawApp(Script script) throws IOException {
        this(InetAddress.getLoopbackAddress(), script);
    }

    RawApp(InetAddress address, Script script) throws IOException {
        this(new ServerSocket(0, 50, address), script);
    }

    RawApp(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
        var _ = Thread.ofVirtual().start(this::accept);
    }

    /** One that answers with these bytes. */
    static RawApp answering(String answer) throws IOException {
        return new RawApp(
                socket -> socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8)));
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                var _ = Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            callers.add((InetSocketAddress) socket.getRemoteSocketAddress());
            heads.add(head(socket.getInputStream()));
            script.run(socket);
        } catch (Exception e) {
            // The other side has gone, as some tests want it to.
            return;
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("gone");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
