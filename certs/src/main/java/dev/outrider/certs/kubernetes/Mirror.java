package dev.outrider.certs.kubernetes;

import dev.outrider.certs.kubernetes.KubeApi.Listing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a collection that stays true: lists, watches from there, resumes a watch that ended,
 * lists again when the version is gone, and waits longer each time the server fails. While the
 * server is away the copy stays as it was last.
 *
 * <p>The listener is told on the mirror's own virtual thread, in order, each change once against
 * what it was told before, however the mirror learned of it; after each list comes one {@code
 * RESYNCED}. The copy may be read from any thread.
 */
public final class Mirror implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

    private final KubeApi api;
    private final String path;
    private final Selector selector;
    private final Pace pace;
    private final UnaryOperator<Map<String, @Nullable Object>> trim;
    private final Consumer<Change> listener;
    private final Map<String, Map<String, @Nullable Object>> objects = new ConcurrentHashMap<>();
    private final CountDownLatch listed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable KubeException problem;
    private volatile @Nullable Watch watch;
    private volatile boolean closed;

    /** Empty when a list is due. Only the mirror's thread. */
    private String version = "";

    /** What the listener is told. */
    public enum Type {
        ADDED,
        MODIFIED,
        /** The object is as it was last. */
        DELETED,
        /** A list is through: the copy is what the server had. The object is empty. */
        RESYNCED
    }

    /** One change of the copy. */
    public record Change(Type type, Map<String, @Nullable Object> object) {}

    /**
     * When to ask again.
     *
     * @param firstWait after one failure; doubled with each further one, and spread by half
     */
    public record Pace(Duration firstWait, Duration longestWait, Watch.Span span) {
        public static final Pace DEFAULTS =
                new Pace(Duration.ofMillis(500), Duration.ofSeconds(30), Watch.Span.DEFAULTS);
    }

    private Mirror(
            KubeApi api,
            String path,
            Selector selector,
            Pace pace,
            UnaryOperator<Map<String, @Nullable Object>> trim,
            Consumer<Change> listener) {
        this.api = api;
        this.path = path;
        this.selector = selector;
        this.pace = pace;
        this.trim = trim;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("mirror of " + path).unstarted(this::run);
    }

    /** Begins at once; until the first list the copy is empty ({@link #awaitSynced}). */
    public static Mirror start(
            KubeApi api, String path, Selector selector, Pace pace, Consumer<Change> listener) {
        return start(api, path, selector, pace, UnaryOperator.identity(), listener);
    }

    /**
     * The same with only a part of each object kept, which is all that the listener sees too: a
     * large cluster's pods are many.
     *
     * @param trim keeps at least name, namespace and resourceVersion of the metadata
     */
    public static Mirror start(
            KubeApi api,
            String path,
            Selector selector,
            Pace pace,
            UnaryOperator<Map<String, @Nullable Object>> trim,
            Consumer<Change> listener) {
        Mirror mirror = new Mirror(api, path, selector, pace, trim, listener);
        mirror.thread.start();
        return mirror;
    }

    public static Mirror start(
            KubeApi api, String path, Selector selector, Consumer<Change> listener) {
        return start(api, path, selector, Pace.DEFAULTS, listener);
    }

    /** Whether the first list is through. */
    public boolean synced() {
        return listed.getCount() == 0;
    }

    /** False when the first list is not through after {@code wait}; see {@link #problem}. */
    public boolean awaitSynced(Duration wait) throws InterruptedException {
        return listed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Why the copy is not being followed just now. */
    public Optional<KubeException> problem() {
        return Optional.ofNullable(problem);
    }

    /** The objects of now, in no order. */
    public List<Map<String, @Nullable Object>> objects() {
        return List.copyOf(objects.values());
    }

    /**
     * @param namespace empty for a kind that lives in none
     */
    public Optional<Map<String, @Nullable Object>> find(String namespace, String name) {
        return Optional.ofNullable(objects.get(namespace + "/" + name));
    }

    /** Nobody is told anything after this returns, unless the listener itself calls it. */
    @Override
    public void close() {
        closed = true;
        Watch open = watch;
        if (open != null) {
            open.close();
        }
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        int failures = 0;
        while (!closed) {
            String before = version;
            try {
                if (version.isEmpty()) {
                    relist();
                }
                follow();
                // A server that ends watches at once must not be asked in a circle.
                failures = version.equals(before) ? Math.min(failures + 1, 2) : 0;
            } catch (KubeException e) {
                boolean progress = !version.equals(before);
                failures = progress ? 1 : failures + 1;
                if (e.expired()) {
                    version = "";
                    if (!before.isEmpty()) {
                        continue;
                    }
                }
                failed(e, failures);
            } catch (RuntimeException e) {
                // Such as of trim: else the copy would be out of date for good, and nobody told.
                failures++;
                version = "";
                LOG.error("following {}: a bug, please report it", path, e);
                problem = KubeFailures.malformed(Target.of("follow", path), e.toString(), e);
            }
            if (failures > 0 && !closed) {
                pause(failures);
            }
        }
    }

    private void relist() throws KubeException {
        Listing listing = api.list(path, selector, trim);
        Map<String, Map<String, @Nullable Object>> gone = new HashMap<>(objects);
        for (Map<String, @Nullable Object> item : listing.items()) {
            gone.remove(key(item));
            put(item);
        }
        gone.forEach(this::remove);
        version = listing.resourceVersion();
        recovered();
        tell(Type.RESYNCED, Map.of());
        listed.countDown();
    }

    private void follow() throws KubeException {
        try (Watch open = api.watch(path, selector, version, pace.span())) {
            watch = open;
            if (closed) {
                return;
            }
            recovered();
            for (Watch.Event event = open.next(); event != null && !closed; event = open.next()) {
                switch (event.kind()) {
                    case ADDED, MODIFIED -> put(trim.apply(event.object()));
                    case DELETED -> remove(key(event.object()), trim.apply(event.object()));
                    case BOOKMARK -> {}
                }
                version = Fields.resourceVersion(event.object());
            }
        } finally {
            watch = null;
        }
    }

    private void put(Map<String, @Nullable Object> object) {
        Map<String, @Nullable Object> before = objects.put(key(object), object);
        if (before == null) {
            tell(Type.ADDED, object);
        } else if (!Fields.resourceVersion(before).equals(Fields.resourceVersion(object))) {
            tell(Type.MODIFIED, object);
        }
    }

    private void remove(String key, Map<String, @Nullable Object> last) {
        if (objects.remove(key) != null) {
            tell(Type.DELETED, last);
        }
    }

    private void tell(Type type, Map<String, @Nullable Object> object) {
        if (closed) {
            return;
        }
        try {
            listener.accept(new Change(type, object));
        } catch (RuntimeException e) {
            LOG.error("handling {} of {} failed", type, path, e);
        }
    }

    private void failed(KubeException failure, int failures) {
        if (failures == 1 && failure.retryable()) {
            // A watch that breaks off and is resumed is no trouble.
            return;
        }
        KubeException before = problem;
        problem = failure;
        // Once for each kind of trouble; a server that is away is not told of every second.
        if (!closed && (before == null || !before.reason().equals(failure.reason()))) {
            LOG.warn("following {} failed, trying again: {}", path, failure.getMessage());
        }
    }

    private void recovered() {
        if (problem != null) {
            problem = null;
            LOG.info("following {} again", path);
        }
    }

    private void pause(int failures) {
        long most = pace.longestWait().toMillis();
        long wait = Math.min(most, pace.firstWait().toMillis() << Math.min(failures - 1, 16));
        KubeException why = problem;
        Duration asked = why == null ? null : why.retryAfter();
        long spread = wait / 2 + ThreadLocalRandom.current().nextLong(wait + 1);
        long least = asked == null ? 0 : Math.min(asked.toMillis(), most);
        try {
            Thread.sleep(Math.max(least, spread));
        } catch (InterruptedException e) {
            // close() woke us; the loop's condition ends it.
        }
    }

    private static String key(Map<String, @Nullable Object> object) {
        return Fields.namespace(object) + "/" + Fields.name(object);
    }
}
