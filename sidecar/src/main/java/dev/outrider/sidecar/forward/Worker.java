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

    Worker(EventLoop loop, Ticker ticker, RandomGenerator random) {
        this.loop = loop;
        this.ticker = ticker;
        this.random = random;
        this.timers = new Timers(loop, ticker);
        for (ConnectionKind kind : ConnectionKind.values()) {
            pools.put(kind, new IdentityHashMap<>());
        }
    }

    ConnectionPool pool(Service service, Member member, ConnectionKind kind) {
        Map<Member, ConnectionPool> ofKind = Objects.requireNonNull(pools.get(kind));
        ConnectionPool pool = ofKind.get(member);
        if (pool == null) {
            pool = new ConnectionPool(this, service, member, kind);
            ofKind.put(member, pool);
        }
        return pool;
    }

    /** Forgets the pools of members that are gone; their idle connections close. */
    void retain(Service service) {
        pools.values().forEach(each -> each.values().removeIf(pool -> gone(pool, service)));
    }

    private static boolean gone(ConnectionPool pool, Service service) {
        boolean gone = pool.service() == service && !service.has(pool.member());
        if (gone) {
            pool.close();
        }
        return gone;
    }

    /** The service ends. */
    void close(Service service) {
        for (Map<Member, ConnectionPool> each : pools.values()) {
            each.values().stream()
                    .filter(pool -> pool.service() == service)
                    .forEach(ConnectionPool::close);
        }
    }
}
