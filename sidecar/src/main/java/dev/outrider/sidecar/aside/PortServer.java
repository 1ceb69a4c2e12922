package dev.outrider.sidecar.aside;

import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.IpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port: one virtual thread accepts, one for each connection answers its one request, one ends
 * those that are past their deadline, which also frees a thread that waits for a client to read.
 * When all places are taken the oldest connection gives way of those from the address that has most
 * of them, so slow clients cannot lock a probe or a scrape out, and a flood from one place ends its
 * own. The JDK's own server is not used since it takes its limits and timeouts from system
 * properties of the whole process only.
 */
public final class PortServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortServer.class);
    private static final int BACKLOG = 64;

    private final ServerSocket listener;
    private final Settings settings;
    private final Handler handler;
    private final Ticker ticker;
    private final ConcurrentSkipListMap<Long, Connection> open = new ConcurrentSkipListMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** One that is open. */
    private static final class Connection {
        private final Socket socket;
        private final InetAddress client;
        private volatile long deadline;

        Connection(Socket socket, long deadline) {
            this.socket = socket;
            this.client = socket.getInetAddress();
            this.deadline = deadline;
        }
    }

    /** Answers on the connection's thread, and never throws but to refuse. */
    @FunctionalInterface
    public interface Handler {
        PortResponse answer(PortRequest request) throws RequestRefused;

        /** How much longer than usual an answer to it may take. */
        default Duration time(PortRequest request) {
            return Duration.ZERO;
        }
    }

    /**
     * How the port is.
     *
     * @param name what it is called in messages and threads
     * @param key where {@code address} is configured
     * @param places how many connections it holds
     * @param timeout how long a connection may take as a whole, unless its handler gives it more
     */
    public record Settings(String name, IpPort address, String key, int places, Duration timeout) {}

    private PortServer(ServerSocket listener, Settings settings, Handler handler, Ticker ticker) {
        this.listener = listener;
        this.settings = settings;
        this.handler = handler;
        this.ticker = ticker;
    }

    /** Opens the port; the exception says in a sentence why that failed. */
    public static PortServer start(Settings settings, Handler handler, Ticker ticker)
            throws IOException {
        // Closed by close(), or here when it cannot be bound.
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(settings.address().socketAddress(), BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw new IOException(
                    "the "
                            + settings.name()
                            + " port "
                            + settings.address()
                            + " cannot be opened ("
                            + e.getMessage()
                            + "); end what holds it, or set another '"
                            + settings.key()
                            + "'",
                    e);
        }
        PortServer server = new PortServer(listener, settings, handler, ticker);
        var _ = Thread.ofVirtual().name(settings.name() + "-accept").start(server::accept);
        var _ = Thread.ofVirtual().name(settings.name() + "-deadlines").start(server::endLate);
        return server;
    }

    /** Where it listens, with the real port when 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** How many connections are open. */
    public int connections() {
        return open.size();
    }

    /** Closes the port and what is open on it. */
    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("closing the {} port", settings.name(), e);
        }
        open.values().forEach(connection -> end(connection.socket));
    }

    private void accept() {
        long number = 0;
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                long id = number++;
                long deadline = ticker.nanos() + settings.timeout().toNanos();
                Connection connection = new Connection(socket, deadline);
                open.put(id, connection);
                if (listener.isClosed()) {
                    end(socket); // accepted while close() went through what was open
                }
                while (open.size() > settings.places()) {
                    giveWay();
                }
                var _ =
                        Thread.ofVirtual()
                                .name(settings.name() + "-" + id)
                                .start(() -> serve(id, connection));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("the {} port failed to accept a connection", settings.name(), e);
                    pause();
                }
            }
        }
    }

    private void giveWay() {
        Map<InetAddress, Integer> counts = new HashMap<>();
        open.values().forEach(each -> counts.merge(each.client, 1, Integer::sum));
        int most = counts.values().stream().mapToInt(it -> it).max().orElse(0);
        for (Map.Entry<Long, Connection> each : open.entrySet()) {
            @Nullable Integer count = counts.get(each.getValue().client);
            if (count != null && count == most) {
                open.remove(each.getKey());
                end(each.getValue().socket);
                return;
            }
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

    private void endLate() {
        try {
            while (!closed.await(100, TimeUnit.MILLISECONDS)) {
                long now = ticker.nanos();
                open.values().stream()
                        .filter(connection -> now - connection.deadline >= 0)
                        .forEach(connection -> end(connection.socket));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(long id, Connection connection) {
        try (Socket socket = connection.socket) {
            new PortConnection(socket, request -> answer(connection, request)).serve();
        } catch (IOException e) {
            LOG.debug("a connection to the {} port ended early", settings.name(), e);
        } finally {
            open.remove(id);
        }
    }

    private PortResponse answer(Connection connection, PortRequest request) throws RequestRefused {
        Duration more = handler.time(request);
        if (more.isPositive()) {
            connection.deadline = ticker.nanos() + settings.timeout().plus(more).toNanos();
        }
        return handler.answer(request);
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a connection", e);
        }
    }
}
