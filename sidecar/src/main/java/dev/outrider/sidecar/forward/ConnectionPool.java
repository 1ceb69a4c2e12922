package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.tls.Identity;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections from one loop to one member, the last used on top, so that under falling
 * load the rest grow old and retire. Open connections are bounded by the service's bulkhead.
 */
final class ConnectionPool {
    private final Worker worker;
    private final Service service;
    private final Member member;
    private final ConnectionCounts counts;
    private final IdleLimit idleLimit;
    private final ArrayDeque<PooledConnection> idle = new ArrayDeque<>();
    private boolean sweeping;

    ConnectionPool(Worker worker, Service service, Member member) {
        this.worker = worker;
        this.service = service;
        this.member = member;
        this.counts = service.connections(member);
        this.idleLimit = new IdleLimit(service.config().pool().idle().toNanos());
    }

    Service service() {
        return service;
    }

    Member member() {
        return member;
    }

    /** An idle connection, or null: then {@link #connect}. */
    @Nullable PooledConnection take() {
        long now = worker.ticker.nanos();
        PooledConnection connection = idle.pollFirst();
        while (connection != null) {
            counts.idle.decrement();
            if (connection.reusable(now, idleLimit.nanos())
                    && connection.identity() == service.currentIdentity()) {
                return connection;
            }
            retire(connection);
            connection = idle.pollFirst();
        }
        return null;
    }

    /** Opens a connection and gives it to {@code waiter}, unless that cancels it first. */
    Connecting connect(Connecting.Waiter waiter) {
        return Connecting.start(worker.loop, service, this, waiter);
    }

    PooledConnection opened(Channel channel, @Nullable Identity identity) {
        counts.open.increment();
        return new PooledConnection(this, channel, identity, worker.ticker.nanos());
    }

    /** A connection is free again. */
    void release(PooledConnection connection, ClientConnection http) {
        if (http.idleLimitSeconds() > 0) {
            idleLimit.promised(http.idleLimitSeconds());
        }
        long now = worker.ticker.nanos();
        boolean old = now - connection.openedNanos() > service.config().pool().maxAge().toNanos();
        boolean current = connection.identity() == service.currentIdentity();
        if (old
                || !current
                || service.closed()
                || idle.size() >= service.config().pool().idlePerEndpoint()) {
            retire(connection);
            return;
        }
        connection.idleSince(now);
        idle.addFirst(connection);
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
        if (idle.remove(connection)) {
            counts.idle.decrement();
            idleLimit.observedClose(worker.ticker.nanos() - connection.idleSince());
        }
    }

    void closeIdle() {
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
        while (oldest != null && !oldest.reusable(now, idleLimit.nanos())) {
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
