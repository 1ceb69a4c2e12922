package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.time.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the connections a listener closed unserved, and logs one a minute for each reason. */
public final class TurnedAway {
    private static final Logger LOG = LoggerFactory.getLogger(TurnedAway.class);
    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

    private final Map<Reason, Entry> entries = new EnumMap<>(Reason.class);
    private final Ticker ticker;

    /** Why. */
    public enum Reason {
        /** It was going to this proxy itself. */
        LOOP,
        /** It came straight to a port that serves captured connections only. */
        NOT_CAPTURED,
        /** No PROXY protocol header, or a wrong one. */
        PROXY_HEADER,
        /** What came on a port of HTTP is none. */
        NO_HTTP,
        /** TLS before this workload has its identity. */
        NO_IDENTITY
    }

    private record Entry(LongAdder count, AtomicLong loggedAt) {}

    TurnedAway(Ticker ticker) {
        this.ticker = ticker;
        for (Reason each : Reason.values()) {
            AtomicLong longAgo = new AtomicLong(ticker.nanos() - PERIOD_NANOS);
            entries.put(each, new Entry(new LongAdder(), longAgo));
        }
    }

    void add(Reason reason, String listener, InetAddress client, String sentence) {
        Entry entry = entry(reason);
        entry.count.increment();
        long now = ticker.nanos();
        long last = entry.loggedAt.get();
        if (now - last >= PERIOD_NANOS && entry.loggedAt.compareAndSet(last, now)) {
            LOG.warn(
                    "{}: a connection from {} is closed: {} (one line a minute; {} so far)",
                    listener,
                    client.getHostAddress(),
                    sentence,
                    entry.count.sum());
        }
    }

    long count(Reason reason) {
        return entry(reason).count.sum();
    }

    private Entry entry(Reason reason) {
        Entry entry = entries.get(reason);
        if (entry == null) {
            throw new IllegalStateException("no entry for " + reason);
        }
        return entry;
    }
}
