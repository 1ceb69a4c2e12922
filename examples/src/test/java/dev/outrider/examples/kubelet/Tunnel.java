package dev.outrider.examples.kubelet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Leads connections from a network namespace to a server in this process: TCP there, a socket file
 * that both see, TCP here. Threads are virtual and end with their connections.
 */
final class Tunnel implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final SocketAddress target;

    private Tunnel(ServerSocketChannel listener, SocketAddress target) {
        this.listener = listener;
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    /** This process's end: from the file to a port on loopback. */
    static Tunnel toLoopback(Path file, int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(file));
        return new Tunnel(listener, new InetSocketAddress("127.0.0.1", port));
    }

    /** The other end, a process in the namespace: {@code PORT FILE}. */
    public static void main(String[] arguments) throws Exception {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(Integer.parseInt(arguments[0])));
        new Tunnel(listener, UnixDomainSocketAddress.of(arguments[1]));
        System.out.println("listening");
        Thread.currentThread().join();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel from = listener.accept();
                SocketChannel to = SocketChannel.open(target);
                Thread.ofVirtual().start(() -> copy(from, to));
                Thread.ofVirtual().start(() -> copy(to, from));
            }
        } catch (AsynchronousCloseException e) {
            // Closed: no more of them.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        try (from;
                to;
                InputStream in = Channels.newInputStream(from);
                OutputStream out = Channels.newOutputStream(to)) {
            in.transferTo(out);
        } catch (IOException e) {
            // One side is gone, and now the other is told.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
