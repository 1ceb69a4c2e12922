package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.redis.Redis;
import dev.outrider.sidecar.time.Background;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token ids ({@code jti}) that are refused though their tokens would hold: a file with one a line,
 * {@code #} for comments, or a table in Redis; read again when it changes. The last list that could
 * be read stands when the file goes away or grows too large, and while Redis is not there.
 */
public final class DenyList implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DenyList.class);
    private static final int MOST_BYTES = 16 * 1024 * 1024;

    /** Until anything is known. */
    private static final Duration FIRST_POLL = Duration.ofMillis(50);

    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final DeniedSource source;
    private final String name;
    private final LongAdder loads = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Background polling;
    private final CountDownLatch first = new CountDownLatch(1);
    private volatile @Nullable Set<String> denied;
    private volatile @Nullable String lastError;

    /** Of the polling thread: whether the log says that it cannot be read. */
    private boolean warned;

    /**
     * Reads the file and begins to watch it.
     *
     * @throws IOException if it cannot be read now: a deny list that was asked for and is not there
     *     must not pass for an empty one
     */
    public static DenyList open(Path path, Duration poll, InstantSource clock) throws IOException {
        PolledFile file = new PolledFile(path, MOST_BYTES, clock);
        DeniedSource source =
                () -> {
                    String text = file.readIfChanged();
                    return text == null ? null : parse(text);
                };
        DenyList list = new DenyList(source, "file " + path, poll);
        try {
            list.load();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            throw new IOException(
                    "the deny list "
                            + path
                            + " cannot be read ("
                            + e
                            + "); make the file, empty if no token is refused",
                    e);
        }
        list.polling.start();
        return list;
    }

    /**
     * The list of a configuration.
     *
     * @param redis null if no Redis is configured
     */
    public static DenyList of(
            DenyListConfig config, @Nullable Redis redis, Duration poll, InstantSource clock)
            throws IOException {
        if (config.file() != null) {
            return open(config.file(), poll, clock);
        }
        if (redis == null) {
            throw new IllegalArgumentException("the deny list is in redis, and none is configured");
        }
        return watch(new RedisDeniedIds(redis, clock), poll);
    }

    /**
     * Begins to watch the table, and waits a moment for the first look. Unlike a file it may come
     * later: Redis may be down when a proxy starts, and until it was read once {@link #known} says
     * so.
     */
    static DenyList watch(DeniedSource ids, Duration poll) {
        DenyList list = new DenyList(ids, "in redis", poll);
        list.polling.start();
        try {
            var _ = list.first.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return list;
    }

    private DenyList(DeniedSource source, String name, Duration poll) {
        this.source = source;
        this.name = name;
        this.polling =
                new Background(
                        "deny-list",
                        () -> {
                            reload();
                            return known() || poll.compareTo(FIRST_POLL) < 0 ? poll : FIRST_POLL;
                        });
    }

    /** Whether it was ever read; without it no token may pass for one that is not denied. */
    public boolean known() {
        return denied != null;
    }

    /** Any thread; allocates nothing. */
    boolean denies(Caller caller) {
        Set<String> current = denied;
        return current != null && !current.isEmpty() && current.contains(caller.tokenId());
    }

    /**
     * For metrics and readiness.
     *
     * @param lastError what was wrong the last time the file was looked at, null if nothing
     */
    public record Status(int ids, long loads, long failures, @Nullable String lastError) {}

    public Status status() {
        Set<String> current = denied;
        return new Status(
                current == null ? 0 : current.size(), loads.sum(), failures.sum(), lastError);
    }

    private void reload() throws InterruptedException {
        try {
            load();
            lastError = null;
            warned = false;
        } catch (IOException e) {
            failures.increment();
            lastError = e.toString();
            boolean early = e instanceof NotConnectedYet && !known();
            if (!warned && !early) {
                warned = true;
                LOG.warn(
                        "the deny list cannot be read, {}: {}",
                        known() ? "the last one stands" : "so no token is accepted",
                        lastError);
            }
        }
    }

    private void load() throws IOException, InterruptedException {
        Set<String> next = source.readIfChanged();
        if (next == null) {
            return;
        }
        if (!next.equals(denied)) {
            denied = next;
            first.countDown();
            LOG.info("the deny list {} holds {} token ids", name, next.size());
        }
        loads.increment();
    }

    /** An id may hold a {@code #}, but no blank before it. */
    private static String withoutComment(String raw) {
        String line = raw.strip();
        int comment = line.startsWith("#") ? 0 : line.indexOf(" #");
        return comment < 0 ? line : line.substring(0, comment).strip();
    }

    static Set<String> parse(String text) {
        return text.lines()
                .map(DenyList::withoutComment)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void close() {
        polling.close();
    }
}
