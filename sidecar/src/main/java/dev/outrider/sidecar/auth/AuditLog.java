package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.time.Background;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what audit rules matched to the log, from a thread of its own, since a log's device may
 * block. The queue is bounded: entries that do not fit are dropped and counted.
 */
public final class AuditLog implements AccessFilter.AuditSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.outrider.audit");
    private static final int LONGEST_QUEUE = 1024;

    private final ArrayBlockingQueue<Entry> queue = new ArrayBlockingQueue<>(LONGEST_QUEUE);
    private final LongAdder dropped = new LongAdder();
    private final Background writing =
            new Background(
                    "audit-log",
                    () -> {
                        write(queue.take());
                        return Duration.ZERO;
                    });

    private record Entry(String rule, String peer, String method, String target, String request) {}

    public void start() {
        writing.start();
    }

    @Override
    public void matched(String rule, Exchange exchange) {
        boolean fits =
                queue.offer(
                        new Entry(
                                rule,
                                String.valueOf(exchange.peer().id()),
                                exchange.request().method(),
                                exchange.request().path(),
                                exchange.requestId()));
        if (!fits) {
            dropped.increment();
        }
    }

    public long dropped() {
        return dropped.sum();
    }

    private static void write(Entry entry) {
        LOG.info(
                "audit rule={} peer={} method={} path={} request={}",
                entry.rule,
                entry.peer,
                entry.method,
                entry.target,
                entry.request);
    }

    @Override
    public void close() {
        writing.close();
    }
}
