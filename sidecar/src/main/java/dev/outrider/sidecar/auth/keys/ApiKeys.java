package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.auth.NotConnectedYet;
import dev.outrider.sidecar.auth.ReasonCounts;
import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.time.Background;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges API keys by a snapshot of the store, which a virtual thread looks at each second. When the
 * store cannot be read the last snapshot stands for a configured time; after that no key can be
 * told from a revoked one, and none is accepted.
 *
 * <p>An unknown id is hashed and compared like a known one, so that nobody learns from the clock
 * which ids exist.
 */
public final class ApiKeys implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
    private static final Duration POLL = Duration.ofSeconds(1);

    /** Until anything is known. */
    private static final Duration FIRST_POLL = Duration.ofMillis(50);

    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final int HASH_BYTES = 32;

    /** What the secrets of unknown ids are compared with; nothing has this hash. */
    private static final byte[] NOBODY = new byte[HASH_BYTES];

    private final KeyStore store;
    private final Duration hold;
    private final InstantSource clock;
    private final Ticker ticker;
    private final Background polling;
    private final CountDownLatch first = new CountDownLatch(1);
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
    private final LongAdder accepted = new LongAdder();
    private final LongAdder notReady = new LongAdder();
    private final ReasonCounts<KeyRefusal> refused = new ReasonCounts<>(KeyRefusal.class);
    private final LongAdder loads = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile @Nullable KeySnapshot snapshot;
    private volatile long goodNanos;

    private volatile @Nullable String lastError;

    /** Of the polling thread: what the log says is wrong, empty if nothing. */
    private String warned = "";

    /**
     * Nothing is read before {@link #start}.
     *
     * @param hold how long the last snapshot stands when the store cannot be read
     */
    public ApiKeys(KeyStore store, Duration hold, InstantSource clock, Ticker ticker) {
        this.store = store;
        this.hold = hold;
        this.clock = clock;
        this.ticker = ticker;
        this.polling = new Background("api-keys", this::poll);
    }

    /** What a thread needs to hash a key without garbage. */
    private static final class Scratch {
        final byte[] key = new byte[KeyText.LENGTH];
        final byte[] hash = new byte[HASH_BYTES];
        final MessageDigest sha256 = sha256();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Begins to look at the store, and waits a moment for the first look: so a new configuration
     * does not refuse keys that it is about to know. A store that is away is not waited for longer.
     */
    public void start() {
        polling.start();
        try {
            var _ = first.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at the store now: something was changed through this very process. */
    public void refresh() {
        polling.wake();
    }

    /** What to make of a key; any thread, without a lock. */
    public KeyOutcome judge(FieldValue key) {
        KeySnapshot current = snapshot;
        if (current == null || ticker.nanos() - goodNanos > hold.toNanos()) {
            notReady.increment();
            return new KeyOutcome.NotReady(
                    (current == null
                                    ? "the API keys were never read: "
                                    : "the API keys were not read for longer than they hold: ")
                            + lastError);
        }
        Scratch mine = scratch.get();
        if (!KeyText.isWellFormed(key, mine.key)) {
            return refuse(KeyRefusal.MALFORMED, "");
        }
        KeySnapshot.Known known = current.find(KeyText.id(key));
        hash(mine);
        boolean same = MessageDigest.isEqual(mine.hash, known == null ? NOBODY : known.hash);
        if (known == null) {
            return refuse(KeyRefusal.UNKNOWN, "");
        }
        if (!same) {
            return refuse(KeyRefusal.SECRET, known.key.id());
        }
        return switch (known.key.state(clock.millis())) {
            case REVOKED -> refuse(KeyRefusal.REVOKED, known.key.id());
            case EXPIRED -> refuse(KeyRefusal.EXPIRED, known.key.id());
            case ACTIVE -> {
                accepted.increment();
                yield known.accepted;
            }
        };
    }

    private static void hash(Scratch mine) {
        try {
            mine.sha256.update(mine.key);
            mine.sha256.digest(mine.hash, 0, HASH_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has " + HASH_BYTES + " bytes", e);
        }
    }

    private KeyOutcome refuse(KeyRefusal why, String id) {
        refused.add(why);
        return new KeyOutcome.Refused(why, id);
    }

    private Duration poll() throws InterruptedException {
        try {
            Map<String, ApiKey> changed = store.readIfChanged();
            if (changed != null) {
                publish(changed);
            }
            goodNanos = ticker.nanos();
            lastError = null;
            warned = "";
        } catch (IOException e) {
            failures.increment();
            String error = String.valueOf(e.getMessage());
            lastError = error;
            boolean early = e instanceof NotConnectedYet && snapshot == null;
            if (!error.equals(warned) && !early) {
                warned = error;
                LOG.warn(
                        "the API keys cannot be read, {}: {}",
                        snapshot == null ? "none are known" : "the last ones stand for a while",
                        error);
            }
        }
        return snapshot == null ? FIRST_POLL : POLL;
    }

    private void publish(Map<String, ApiKey> keys) {
        KeySnapshot before = snapshot;
        // Before the snapshot: it must not be seen with the time of an older one.
        goodNanos = ticker.nanos();
        snapshot = new KeySnapshot(keys.values());
        first.countDown();
        loads.increment();
        if (before == null || before.size() != keys.size()) {
            LOG.info("{} API keys loaded", keys.size());
        }
    }

    /**
     * For metrics and readiness.
     *
     * @param known whether the store was ever read, and not too long ago
     * @param age since it was last read well, null before
     * @param lastError why it could not be read the last time, null if it could
     */
    public record Status(
            boolean known,
            int keys,
            @Nullable Duration age,
            long loads,
            long failures,
            @Nullable String lastError) {}

    public Status status() {
        KeySnapshot current = snapshot;
        long age = ticker.nanos() - goodNanos;
        return new Status(
                current != null && age <= hold.toNanos(),
                current == null ? 0 : current.size(),
                current == null ? null : Duration.ofNanos(age),
                loads.sum(),
                failures.sum(),
                lastError);
    }

    /**
     * For metrics.
     *
     * @param notReady requests for which the store was not known
     */
    public record Counts(long accepted, long notReady, Map<KeyRefusal, Long> refused) {}

    public Counts counts() {
        return new Counts(accepted.sum(), notReady.sum(), refused.sums());
    }

    @Override
    public void close() {
        polling.close();
    }
}
