package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.time.Timers;
import io.netty.channel.EventLoop;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** What the forwarder keeps per event loop. On that loop only. */
final class Worker {
    final EventLoop loop;
    final Timers timers;
    final Ticker ticker;
    final RandomGenerator random;

    /** Bytes of request bodies kept for retries on this loop. */
    long replayBytes;

    private final Map<ConnectionKind, Map<Member, ConnectionPool>> pools =
            new EnumMap<>(ConnectionKind.class);

    private boolean closed;

    Worker(EventLoop loop, Ticker ticker, RandomGenerator random) {
        this.loop = loop;
        this.ticker = ticker;
        this.random = random;
        this.timers = new Timers(loop, ticker);
        for (ConnectionKind kind : ConnectionKind.values()) {
            pools.put(kind, new IdentityHashMap<>());
        }
    }

    /** A call that began before its service was changed connects as the service does now. */
    ConnectionPool pool(Service asked, Member member, ConnectionKind kind) {
        Map<Member, ConnectionPool> ofKind = Objects.requireNonNull(pools.get(kind));
        ConnectionPool pool = ofKind.get(member);
        if (pool == null) {
            Service service = asked.latest();
            pool = new ConnectionPool(this, service, member, kind);
            if (closed || service.closed()) {
                return pool; // for this one call, since nobody would ever end it
            }
            ofKind.put(member, pool);
            service.usedBy(this);
            if (!service.targets().has(member)) {
                // It went while it was picked, before the service knew whom to tell.
                loop.execute(() -> retain(service));
            }
        }
        return pool;
    }

    /** Hands the pools of a changed service on, or ends them if connections are made otherwise. */
    void adopt(Service old, Service next, boolean sameConnections) {
        for (Map<Member, ConnectionPool> each : pools.values()) {
            each.values().removeIf(pool -> pool.service() == old && !sameConnections && end(pool));
            each.values().stream()
                    .filter(pool -> pool.service() == old)
                    .forEach(pool -> pool.service(next));
        }
        retain(next);
    }

    private static boolean end(ConnectionPool pool) {
        pool.close();
        return true;
    }

    /** Forgets the pools of members that are gone; their idle connections close. */
    void retain(Service service) {
        pools.values().forEach(each -> each.values().removeIf(pool -> gone(pool, service)));
    }

    private static boolean gone(ConnectionPool pool, Service service) {
        return pool.service() == service && !service.targets().has(pool.member()) && end(pool);
    }

    /** All of them end, as far as they are free, and no service is told of this worker again. */
    void close() {
        closed = true;
        pools.values().forEach(each -> each.values().forEach(ConnectionPool::close));
    }

    /** The service ends: its pools are forgotten, their idle connections close. */
    void close(Service service) {
        for (Map<Member, ConnectionPool> each : pools.values()) {
            each.values().removeIf(pool -> pool.service() == service && end(pool));
        }
    }
}
