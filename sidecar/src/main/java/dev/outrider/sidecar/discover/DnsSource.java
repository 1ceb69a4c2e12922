package dev.outrider.sidecar.discover;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a name, asked for anew when their lifetime is over, up to a tenth earlier so
 * that a fleet does not ask at once. While look-ups fail the last answer is served on (RFC 8767); a
 * name server's word that there is no such name is an answer. Subscribers hear of changes only.
 *
 * <p>All work is done on one loop, to which the public methods hop.
 */
public final class DnsSource implements EndpointSource {
    private final String name;
    private final int port;
    private final DnsConfig config;
    private final EventLoop loop;
    private final RandomGenerator random;
    private final Lookup lookup;
    private final Announcements told;
    private final CompletableFuture<EndpointSet> ready = new CompletableFuture<>();
    private final LongAdder answers = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile String problem = "";
    private volatile long ttlNanos;

    // On the loop only.
    private @Nullable ScheduledFuture<?> next;

    public DnsSource(
            String name,
            int port,
            DnsConfig config,
            DnsTransport transport,
            RandomGenerator random) {
        this.name = name;
        this.port = port;
        this.config = config;
        this.loop = transport.loop();
        this.random = random;
        this.told = new Announcements(loop);
        this.lookup = new Lookup(name, config, transport);
    }

    @Override
    public EndpointSet current() {
        return told.current();
    }

    @Override
    public void subscribe(Consumer<EndpointSet> subscriber) {
        told.subscribe(subscriber);
    }

    @Override
    public void start() {
        loop.execute(this::look);
    }

    @Override
    public CompletionStage<EndpointSet> ready() {
        return ready.minimalCompletionStage();
    }

    @Override
    public boolean answered() {
        return ready.isDone();
    }

    DnsView view() {
        String why = problem;
        return new DnsView(
                name,
                answers.sum(),
                failures.sum(),
                !why.isEmpty() && !told.current().endpoints().isEmpty(),
                ttlNanos,
                why);
    }

    @Override
    public List<DnsView> lookups() {
        return List.of(view());
    }

    @Override
    public void close() {
        if (loop.isShutdown()) {
            return;
        }
        loop.execute(() -> {
            if (!told.closed()) {
                told.close();
                if (next != null) {
                    next.cancel(false);
                }
                lookup.close();
                ready.complete(told.current());
            }
        });
    }

    private void look() {
        if (!told.closed()) {
            lookup.start(this::answered);
        }
    }

    private void answered(Lookup.Answer answer) {
        if (told.closed()) {
            return;
        }
        try {
            learn(answer);
        } finally {
            // Whatever a subscriber throws, the start goes on and so does looking.
            ready.complete(told.current());
            long wait = ttlNanos - random.nextLong(ttlNanos / 10 + 1);
            next = loop.schedule(this::look, wait, TimeUnit.NANOSECONDS);
        }
    }

    private void learn(Lookup.Answer answer) {
        switch (answer) {
            case Lookup.Answer.Found(List<InetAddress> addresses, long seconds) -> {
                answers.increment();
                problem = "";
                ttlNanos = lifetime(seconds, config.maxTtl());
                told.publish(endpoints(addresses), "");
            }
            case Lookup.Answer.Absent(long seconds) -> {
                answers.increment();
                problem = "";
                ttlNanos = lifetime(seconds, config.negativeTtl());
                told.publish(List.of(), "");
            }
            case Lookup.Answer.Failed(String why) -> {
                failures.increment();
                problem = why;
                ttlNanos = config.negativeTtl().toNanos();
            }
        }
    }

    private long lifetime(long seconds, Duration most) {
        long bounded = Math.min(seconds, most.toSeconds() + 1);
        return Math.clamp(
                Duration.ofSeconds(bounded).toNanos(), config.minTtl().toNanos(), most.toNanos());
    }

    /** Sorted, since name servers turn the order with each answer. */
    private List<Endpoint> endpoints(List<InetAddress> addresses) {
        return addresses.stream()
                .map(address -> new Endpoint(NetUtil.toAddressString(address), port))
                .distinct()
                .sorted(Comparator.comparing(Endpoint::host))
                .toList();
    }
}
