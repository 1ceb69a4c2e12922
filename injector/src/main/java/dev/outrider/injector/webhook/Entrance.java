package dev.outrider.injector.webhook;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port as others see it. The JDK's server behind it, on loopback, holds so many connections and
 * does not ask whose they are, so one pod could keep the API server out; here each address has its
 * share. One more than it may have ends the one that was quiet for longest: of the same address,
 * or, when all places are taken, of the address that has most. Bytes are handed on unread.
 *
 * <p>A virtual thread accepts, two carry each connection, one ends what is quiet for too long.
 */
final class Entrance implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);
    private static final int CHUNK = 8 << 10;
    private static final int CONNECT_MILLIS = 5_000;

    private final ServerSocket listener;
    private final InetSocketAddress behind;
    private final Limits limits;
    private final Set<Visit> visits = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * How many it holds.
     *
     * @param places in all
     * @param each of one address
     * @param quiet how long no byte may come or go; longer than the server behind allows
     */
    record Limits(int places, int each, Duration quiet) {}

    /** One connection, and the one that it is handed on by. */
    private static final class Visit {
        private final Socket client;
        private final String from;
        private final Socket server = new Socket();
        private volatile long activeNanos = System.nanoTime();

        Visit(Socket client) {
            this.client = client;
            this.from = place(client.getInetAddress());
        }

        void end() {
            close(client);
            close(server);
        }
    }

    private Entrance(ServerSocket listener, InetSocketAddress behind, Limits limits) {
        this.listener = listener;
        this.behind = behind;
        this.limits = limits;
    }

    static Entrance open(
            InetSocketAddress listen, int backlog, InetSocketAddress behind, Limits limits)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(listen, backlog);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        Entrance entrance = new Entrance(listener, behind, limits);
        var _ = Thread.ofVirtual().name("entrance").start(entrance::accept);
        var _ = Thread.ofVirtual().name("entrance-quiet").start(entrance::endQuiet);
        return entrance;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Takes no more connections; those that are there go on. */
    void shut() {
        close(listener);
    }

    @Override
    public void close() {
        shut();
        closed.countDown();
        visits.forEach(Visit::end);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Visit visit = new Visit(listener.accept());
                makeRoom(visit.from);
                visits.add(visit);
                if (closed.getCount() == 0) {
                    visit.end(); // accepted while close() went through what was there
                }
                var _ = Thread.ofVirtual().name("entrance-in").start(() -> serve(visit));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("a connection could not be accepted", e);
                    pause();
                }
            }
        }
    }

    /** Only the accepting thread calls it, so there are never more than there may be. */
    private void makeRoom(String from) {
        Map<String, Integer> counts = new HashMap<>();
        visits.forEach(visit -> counts.merge(visit.from, 1, Integer::sum));
        if (counts.getOrDefault(from, 0) >= limits.each()) {
            endQuietest(from);
        } else if (visits.size() >= limits.places()) {
            counts.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .ifPresent(most -> endQuietest(most.getKey()));
        }
    }

    private void endQuietest(String from) {
        long now = System.nanoTime();
        visits.stream()
                .filter(visit -> visit.from.equals(from))
                .max(Comparator.comparingLong(visit -> now - visit.activeNanos))
                .ifPresent(visit -> {
                    visits.remove(visit);
                    visit.end();
                });
    }

    private void serve(Visit visit) {
        try {
            visit.client.setTcpNoDelay(true);
            visit.server.setTcpNoDelay(true);
            visit.server.connect(behind, CONNECT_MILLIS);
            var _ = Thread.ofVirtual().name("entrance-out").start(() -> back(visit));
            carry(visit, visit.client, visit.server);
            visit.server.shutdownOutput();
        } catch (IOException e) {
            end(visit, e);
        }
    }

    /** The server says when it is over: it ends both directions at once. */
    private void back(Visit visit) {
        try {
            carry(visit, visit.server, visit.client);
            end(visit, null);
        } catch (IOException e) {
            end(visit, e);
        }
    }

    private static void carry(Visit visit, Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] chunk = new byte[CHUNK];
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            visit.activeNanos = System.nanoTime();
            out.write(chunk, 0, read);
        }
    }

    private void end(Visit visit, @Nullable IOException why) {
        visits.remove(visit);
        visit.end();
        if (why != null) {
            LOG.debug("a connection from {} broke off", visit.from, why);
        }
    }

    private void endQuiet() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                long now = System.nanoTime();
                visits.stream()
                        .filter(visit -> now - visit.activeNanos > limits.quiet().toNanos())
                        .forEach(visit -> end(visit, null));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Out of descriptors, accept fails at once again and again; this keeps that from spinning. */
    private void pause() {
        try {
            var _ = closed.await(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One host is given a whole /64 of IPv6 and could use a new address for each connection. */
    private static String place(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8))
                : address.getHostAddress();
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing {}", socket, e);
        }
    }
}
