package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port: one virtual thread accepts, one for each connection answers its one request, one
 * ends those that are past their deadline, which also frees a thread that waits for a client to
 * read. When all places are taken the oldest connection gives way, so slow clients cannot lock a
 * probe or a scrape out. The JDK's own server is not used since it takes its limits and timeouts
 * from system properties of the whole process only.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int MOST_CONNECTIONS = 64;
    private static final int BACKLOG = 64;

    private final ServerSocket listener;
    private final AdminRoutes routes;
    private final Ticker ticker;
    private final long timeoutNanos;
    private final ConcurrentSkipListMap<Long, Connection> open = new ConcurrentSkipListMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    private record Connection(Socket socket, long deadline) {}

    private AdminServer(
            ServerSocket listener, AdminRoutes routes, Ticker ticker, long timeoutNanos) {
        this.listener = listener;
        this.routes = routes;
        this.ticker = ticker;
        this.timeoutNanos = timeoutNanos;
    }

    /** Opens the port; the exception says in a sentence why that failed. */
    public static AdminServer start(AdminConfig config, AdminViews views, Ticker ticker)
            throws IOException {
        // Closed by close(), or here when it cannot be bound.
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(config.address().socketAddress(), BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw new IOException(
                    "the admin port "
                            + config.address()
                            + " cannot be opened ("
                            + e.getMessage()
                            + "); end what holds it, or set another 'admin.listen'",
                    e);
        }
        AdminServer server =
                new AdminServer(
                        listener,
                        new AdminRoutes(views, new Gate(config.hostNames())),
                        ticker,
                        config.timeout().toNanos());
        var _ = Thread.ofVirtual().name("admin-accept").start(server::accept);
        var _ = Thread.ofVirtual().name("admin-deadlines").start(server::endLate);
        return server;
    }

    /** Where it listens, with the real port when 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** How many connections are open. */
    int connections() {
        return open.size();
    }

    /** Closes the port and what is open on it. */
    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("closing the admin port", e);
        }
        open.values().forEach(connection -> end(connection.socket));
    }

    private void accept() {
        long number = 0;
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                long id = number++;
                open.put(id, new Connection(socket, ticker.nanos() + timeoutNanos));
                if (listener.isClosed()) {
                    end(socket); // accepted while close() went through what was open
                }
                while (open.size() > MOST_CONNECTIONS) {
                    var oldest = open.pollFirstEntry();
                    if (oldest != null) {
                        end(oldest.getValue().socket);
                    }
                }
                var _ = Thread.ofVirtual().name("admin-" + id).start(() -> serve(id, socket));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("the admin port failed to accept a connection", e);
                    pause();
                }
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

    private void serve(long id, Socket socket) {
        try (socket) {
            new AdminConnection(socket, routes).serve();
        } catch (IOException e) {
            LOG.debug("an admin connection ended early", e);
        } finally {
            open.remove(id);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing an admin connection", e);
        }
    }
}
