package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.time.Timers;
import io.netty.channel.EventLoop;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What the forwarder keeps per event loop. On that loop only. */
final class Worker {
    final EventLoop loop;
    final Timers timers;
    final Ticker ticker;
    final RandomGenerator random;

    /** Bytes of request bodies kept for retries on this loop. */
    long replayBytes;

    private final Map<Member, ConnectionPool> pools = new IdentityHashMap<>();

    Worker(EventLoop loop, Ticker ticker, RandomGenerator random) {
        this.loop = loop;
        this.ticker = ticker;
        this.random = random;
        this.timers = new Timers(loop, ticker);
    }

    ConnectionPool pool(Service service, Member member) {
        ConnectionPool pool = pools.get(member);
        if (pool == null) {
            pool = new ConnectionPool(this, service, member);
            pools.put(member, pool);
        }
        return pool;
    }

    /** Forgets the pools of members that are gone; their idle connections close. */
    void retain(Service service) {
        pools.values()
                .removeIf(pool -> {
                    boolean gone = pool.service() == service && !service.has(pool.member());
                    if (gone) {
                        pool.closeIdle();
                    }
                    return gone;
                });
    }

    void closeIdle(Service service) {
        for (ConnectionPool pool : pools.values()) {
            if (pool.service() == service) {
                pool.closeIdle();
            }
        }
    }
}
