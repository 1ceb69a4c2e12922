package dev.outrider.sidecar.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An app that can be killed, which resets all it has open, and started again on its port. */
final class KillableServer implements Killable {
    private final Conversation conversation;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private @Nullable ServerSocket server;

    /** What is said on one connection until it is over. */
    interface Conversation {
        void hold(Socket socket) throws IOException;
    }

    KillableServer(Conversation conversation) throws IOException {
        this.conversation = conversation;
        this.port = listen(0);
    }

    private int listen(int at) throws IOException {
        ServerSocket listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 128);
        server = listening;
        var _ = Thread.ofVirtual().name("app").start(() -> accept(listening));
        return listening.getLocalPort();
    }

    private void accept(ServerSocket listening) {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                if (listening.isClosed()) {
                    reset(socket);
                }
                var _ = Thread.ofVirtual().start(() -> talk(socket));
            } catch (IOException e) {
                return; // killed
            }
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            conversation.hold(socket);
        } catch (IOException e) {
            // The peer, or the kill, has ended it; the client at the far end judges that.
        } finally {
            open.remove(socket);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It has ended by itself.
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        try {
            Objects.requireNonNull(server).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(KillableServer::reset);
    }

    @Override
    public void restart() throws IOException {
        var _ = listen(port);
    }
}
