package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.time.Background;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's keys, kept fresh in the background: fetched before they are over, fetched at once for
 * an unknown key id (one fetch at a time, and not too often), and kept when a fetch fails or brings
 * something malformed. Any thread may ask; fetches run on virtual threads.
 */
public final class Jwks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jwks.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private final JwksSource source;
    private final JwksConfig config;
    private final InstantSource clock;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Background refreshing;
    private final AtomicReference<@Nullable CompletableFuture<Boolean>> inFlight =
            new AtomicReference<>();
    private final AtomicLong demandedNanos;
    private final LongAdder fetches = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile @Nullable KeySet keys;
    private volatile long fetchedMillis;
    private volatile @Nullable String lastError;
    // The two below are written by the one fetch in flight and read by the refreshing thread.
    private volatile int failedInRow;
    private volatile @Nullable Duration goodFor;

    /** Nothing is read before {@link #start}. */
    public Jwks(
            JwksSource source,
            JwksConfig config,
            InstantSource clock,
            Ticker ticker,
            RandomGenerator random) {
        this.source = source;
        this.config = config;
        this.clock = clock;
        this.ticker = ticker;
        this.random = random;
        this.demandedNanos = new AtomicLong(ticker.nanos() - config.refetchEvery().toNanos());
        this.refreshing = new Background("jwks-refresh", this::refresh);
    }

    /**
     * What the former source of the same issuers has told stands until this one has answered, as it
     * would if the former did not answer any more. Before {@link #start}.
     */
    public void takeOver(Jwks former) {
        fetchedMillis = former.fetchedMillis;
        keys = former.keys;
    }

    /** Reads what was kept on disk, which blocks, then begins to fetch in the background. */
    public void start() {
        Path path = config.cache();
        if (path != null) {
            try {
                KeptFile.Kept kept = new KeptFile(path).read();
                if (kept != null) {
                    keys = KeySet.parse(kept.text());
                    fetchedMillis = kept.writtenMillis();
                }
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("the keys kept in {} are of no use: {}", path, e.toString());
            }
        }
        refreshing.start();
    }

    /** The newest good keys, null before the first. */
    @Nullable KeySet current() {
        return keys;
    }

    /**
     * Fetches because the current keys do not do. The future completes, on any thread, when that
     * fetch is over or has taken too long to wait for; null if the last such fetch was a moment ago
     * and it is not worth waiting.
     */
    @Nullable CompletableFuture<Boolean> refetch() {
        CompletableFuture<Boolean> fetch = inFlight.get();
        if (fetch == null) {
            long now = ticker.nanos();
            long last = demandedNanos.get();
            if (now - last < config.refetchEvery().toNanos()
                    || !demandedNanos.compareAndSet(last, now)) {
                return null;
            }
            fetch = fetch();
        }
        return fetch.copy()
                .completeOnTimeout(false, config.maxWait().toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * For metrics and readiness.
     *
     * @param keys how many keys are known, 0 before the first fetch
     * @param age since they were fetched, null before
     * @param lastError why the last fetch failed, null if it did not
     */
    public record Status(
            int keys,
            @Nullable Duration age,
            long fetches,
            long failures,
            @Nullable String lastError) {}

    public Status status() {
        KeySet current = keys;
        return new Status(
                current == null ? 0 : current.size(),
                current == null ? null : Duration.ofMillis(clock.millis() - fetchedMillis),
                fetches.sum(),
                failures.sum(),
                lastError);
    }

    private Duration refresh() throws InterruptedException {
        try {
            fetch().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        Duration base = failedInRow > 0 ? retryDelay(failedInRow) : goodFor;
        if (base == null) {
            base = config.refresh();
        }
        return Duration.ofNanos((long) (base.toNanos() * random.nextDouble(0.9, 1)));
    }

    private Duration retryDelay(int failed) {
        Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failed - 1, 10));
        Duration most = LAST_RETRY.compareTo(config.refresh()) < 0 ? LAST_RETRY : config.refresh();
        return delay.compareTo(most) < 0 ? delay : most;
    }

    /** The fetch in flight, begun here if there was none. */
    private CompletableFuture<Boolean> fetch() {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> other = inFlight.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        Thread.ofVirtual()
                .name("jwks-fetch")
                .start(() -> {
                    boolean good = false;
                    try {
                        good = load();
                    } finally {
                        inFlight.set(null);
                        mine.complete(good);
                    }
                });
        return mine;
    }

    private boolean load() {
        fetches.increment();
        try {
            JwksSource.Fetched fetched = source.fetch();
            publish(fetched.text());
            fetchedMillis = clock.millis();
            goodFor = fetched.goodFor();
            failedInRow = 0;
            lastError = null;
            return true;
        } catch (IOException | RuntimeException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed("interrupted");
        }
        return false;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the one fetch in flight writes it
    private void failed(String error) {
        failures.increment();
        failedInRow++;
        if (!error.equals(lastError)) {
            LOG.warn(
                    "token keys not fetched, {}: {}",
                    keys == null ? "none are known" : "the old ones stand",
                    error);
        }
        lastError = error;
    }

    /** The same document keeps the same {@link KeySet}, and with it every cached result. */
    private void publish(String text) {
        KeySet before = keys;
        if (before != null && before.document().equals(text)) {
            return;
        }
        KeySet next = KeySet.parse(text);
        keys = next;
        LOG.info("{} token keys loaded", next.size());
        Path path = config.cache();
        if (path != null) {
            try {
                new KeptFile(path).write(text);
            } catch (IOException e) {
                LOG.warn("the token keys cannot be kept in {}: {}", path, e.toString());
            }
        }
    }

    @Override
    public void close() {
        refreshing.close();
    }
}
