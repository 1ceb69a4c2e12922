package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.TcpFlow;
import dev.outrider.sidecar.exchange.TcpObserver;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Writes a line of JSON for each exchange and each relayed connection. On the loop only its values
 * are put into a bounded queue without locks; a thread of its own formats and writes them. When
 * that thread cannot keep up or the disk is full, lines are dropped and counted, and traffic goes
 * on.
 */
public final class AccessLog implements ExchangeObserver, TcpObserver, AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);

    private final Queue<LogEvent> queue;
    private final LongAdder dropped = new LongAdder();
    private final AccessLogWriter writer;
    private final double sample;
    private final InstantSource wall;
    private final RandomGenerator random;
    private final Thread thread;

    /** The log that a configuration asks for; it must not be off. */
    public static AccessLog open(
            AccessLogConfig config, InstantSource wall, RandomGenerator random) {
        if (!config.on()) {
            throw new IllegalArgumentException("the access log is off");
        }
        return new AccessLog(config, LogFile.of(config), wall, random);
    }

    AccessLog(AccessLogConfig config, LogFile file, InstantSource wall, RandomGenerator random) {
        this.queue = PlatformDependent.newFixedMpscQueue(config.queue());
        this.writer = new AccessLogWriter(queue, file, new AccessLine(config.queryValues()));
        this.sample = config.sample();
        this.wall = wall;
        this.random = random;
        this.thread = Thread.ofPlatform().name("access-log").daemon().start(writer);
    }

    @Override
    public void finished(Exchange exchange) {
        boolean good = exchange.failure() == null && exchange.status() < 500;
        if (wanted(good)) {
            offer(AccessEvent.of(exchange, wall.millis()));
        }
    }

    @Override
    public void finished(TcpFlow flow) {
        if (wanted(flow.failure() == null)) {
            offer(TcpEvent.of(flow, wall.millis()));
        }
    }

    private boolean wanted(boolean good) {
        return !good || sample >= 1 || random.nextDouble() < sample;
    }

    private void offer(LogEvent event) {
        if (!queue.offer(event)) {
            dropped.increment();
        }
    }

    /** Closes the file and opens it anew by its name, after it was rotated away. Any thread. */
    public void reopen() {
        writer.reopen();
    }

    /** Lines that did not fit into the queue. */
    public long dropped() {
        return dropped.sum();
    }

    /** Writes or openings of the file that failed; each is tried again. */
    public long failedWrites() {
        return writer.failures();
    }

    /** Writes what waits, within three seconds. Blocks; not for a loop. */
    @Override
    public void close() {
        writer.stop();
        try {
            if (!thread.join(CLOSE_WITHIN)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
