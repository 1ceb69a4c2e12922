package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.http.h1.H1ClientConnection;
import dev.outrider.sidecar.http.h2.H2ClientConnection;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.tls.Identity;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one kind from one loop to one member. Idle ones are kept with the last used on
 * top, so that under falling load the rest grow old and retire; one that carries several streams is
 * filled before another is opened. Open connections are bounded by the service's bulkhead.
 */
final class ConnectionPool {
    private final Worker worker;
    private Service service;
    private final Member member;
    private final ConnectionKind kind;
    private final ConnectionCounts counts;
    private final IdleLimit idleLimit;
    private final long maxAgeNanos;
    private final int mostIdle;
    private final H2Limits http2;
    private final ArrayDeque<PooledConnection> idle = new ArrayDeque<>();

    /** Those that carry a stream and, when last seen, could take another. */
    private final ArrayDeque<PooledConnection> shared = new ArrayDeque<>();

    /** The connection on its way that others may wait for. */
    private @Nullable Connecting underWay;

    /** Whether a new connection will, as far as one can tell, carry several streams. */
    private boolean multiplexed;

    private boolean sweeping;
    private boolean closed;

    ConnectionPool(Worker worker, Service service, Member member, ConnectionKind kind) {
        this.worker = worker;
        this.service = service;
        this.member = member;
        this.kind = kind;
        this.counts = service.connections(member);
        PoolConfig config = service.config().call().pool();
        this.idleLimit = new IdleLimit(config.idle().toNanos());
        this.maxAgeNanos = config.maxAge().toNanos();
        this.mostIdle = config.idlePerEndpoint();
        this.http2 = config.http2().limits();
        this.multiplexed = kind == ConnectionKind.HTTP_2;
    }

    Service service() {
        return service;
    }

    /** The service goes on as that one. */
    void service(Service next) {
        service = next;
    }

    Member member() {
        return member;
    }

    ConnectionKind kind() {
        return kind;
    }

    /** A connection that can take a stream, or null: then {@link #connect}. */
    @Nullable PooledConnection take() {
        long now = worker.ticker.nanos();
        PooledConnection connection = shared.peekFirst();
        while (connection != null) {
            if (connection.capacity() > 0 && current(connection, now)) {
                return connection;
            }
            // It is full, and release() brings it back; or it is old, and closes when it is free.
            shared.removeFirst().place(PooledConnection.Place.LENT);
            connection = shared.peekFirst();
        }
        connection = idle.pollFirst();
        while (connection != null) {
            counts.idle.decrement();
            connection.place(PooledConnection.Place.LENT);
            if (connection.reusable(now, idleLimit.nanos()) && current(connection, now)) {
                return connection;
            }
            retire(connection);
            connection = idle.pollFirst();
        }
        return null;
    }

    private boolean current(PooledConnection connection, long now) {
        return now - connection.retireNanos() < 0
                && connection.identity() == service.currentIdentity();
    }

    /** Opens a connection and gives it to {@code waiter}, unless that leaves first. */
    Connecting connect(Connecting.Waiter waiter) {
        Connecting pending = underWay;
        if (multiplexed && pending != null && pending.join(waiter)) {
            return pending;
        }
        Connecting started = Connecting.start(worker.loop, service, this, waiter);
        underWay = started;
        return started;
    }

    PooledConnection opened(
            Channel channel, @Nullable Identity identity, boolean http2, long validNanos) {
        counts.open.increment();
        multiplexed = http2;
        long now = worker.ticker.nanos();
        // Those opened together must not all end together.
        long age = maxAgeNanos - worker.random.nextLong(1 + maxAgeNanos / 10);
        PooledConnection connection =
                new PooledConnection(this, identity, now + Math.min(age, validNanos), http2);
        if (http2) {
            String scheme = identity == null ? "http" : "https";
            H2ClientConnection http =
                    new H2ClientConnection(connection, this.http2, worker.ticker, scheme);
            connection.speaks(http);
            channel.pipeline().addLast(http);
        } else {
            H1ClientConnection http = new H1ClientConnection(connection);
            connection.speaks(http);
            channel.pipeline().addLast(http);
        }
        return connection;
    }

    /** A stream was opened on a connection. */
    void lent(PooledConnection connection) {
        if (connection.place() == PooledConnection.Place.LENT && connection.capacity() > 0) {
            shared.addFirst(connection);
            connection.place(PooledConnection.Place.SHARED);
        }
    }

    /** A stream is over, or the connection's capacity has changed. */
    void release(PooledConnection connection, ClientConnection http) {
        if (http.streams() > 0) {
            lent(connection);
            return;
        }
        if (connection.place() == PooledConnection.Place.IDLE) {
            return;
        }
        if (connection.place() == PooledConnection.Place.SHARED) {
            shared.remove(connection);
            connection.place(PooledConnection.Place.LENT);
        }
        if (http.idleLimitSeconds() > 0) {
            idleLimit.promised(http.idleLimitSeconds());
        }
        long now = worker.ticker.nanos();
        if (closed || service.closed() || idle.size() >= mostIdle || !current(connection, now)) {
            retire(connection);
            return;
        }
        connection.idleSince(now);
        idle.addFirst(connection);
        connection.place(PooledConnection.Place.IDLE);
        counts.idle.increment();
        sweepLater();
    }

    private void retire(PooledConnection connection) {
        counts.open.decrement();
        connection.close();
    }

    /**
     * A connection is gone without our doing; if it was idle, the endpoint's patience is learned.
     */
    void closed(PooledConnection connection) {
        counts.open.decrement();
        switch (connection.place()) {
            case IDLE -> {
                idle.remove(connection);
                counts.idle.decrement();
                idleLimit.observedClose(worker.ticker.nanos() - connection.idleSince());
            }
            case SHARED -> shared.remove(connection);
            case LENT -> {}
        }
    }

    /** Idle connections close now, the others when they are free. */
    void close() {
        closed = true;
        for (PooledConnection each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
            counts.idle.decrement();
            retire(each);
        }
    }

    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            long wait = Math.max(idleLimit.nanos() / 2, TimeUnit.MILLISECONDS.toNanos(50));
            worker.loop.schedule(this::sweep, wait, TimeUnit.NANOSECONDS);
        }
    }

    private void sweep() {
        sweeping = false;
        long now = worker.ticker.nanos();
        PooledConnection oldest = idle.peekLast();
        while (oldest != null
                && (!oldest.reusable(now, idleLimit.nanos()) || !current(oldest, now))) {
            idle.pollLast();
            counts.idle.decrement();
            retire(oldest);
            oldest = idle.peekLast();
        }
        if (!idle.isEmpty()) {
            sweepLater();
        }
    }
}
