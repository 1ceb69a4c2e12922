package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Schema;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the files of a configuration and what they take in, by asking each second: file events do
 * not cross network and container mounts. A change that is valid goes to {@code publish}; one that
 * is refused, there or by the schema, leaves in force what was. Looks on a virtual thread of its
 * own, or on that of who asks for it; {@code publish} is called there, once at a time.
 */
public final class ConfigWatch<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A file touched this lately may change again within the same tick of its clock. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    /** Of one reading; the next look mends what is amiss after them. */
    private static final int MOST_TRIES = 3;

    private final ConfigFile reader;
    private final ConfigLayers layers;
    private final Schema<T> schema;
    private final Consumer<ConfigDocument.Loaded<T>> publish;
    private final InstantSource clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile WatchStatus status;

    // Guarded by this watch.
    private ConfigDocument.Inputs seen;
    private @Nullable FileStamps stamps;
    private boolean again;

    /**
     * @param initial what is in force already
     * @param publish takes a new document into force, or refuses it with a {@link ChangeRefused} or
     *     another {@link IllegalArgumentException} that says why
     */
    public ConfigWatch(
            ConfigFile reader,
            ConfigLayers layers,
            Schema<T> schema,
            ConfigDocument.Loaded<T> initial,
            Consumer<ConfigDocument.Loaded<T>> publish,
            InstantSource clock) {
        this.reader = reader;
        this.layers = layers;
        this.schema = schema;
        this.publish = publish;
        this.clock = clock;
        this.seen = initial.inputs();
        this.status = new WatchStatus(initial.inputs().hash(), clock.instant(), List.of(), 0, 0);
    }

    public WatchStatus status() {
        return status;
    }

    /** Begins to watch; call once. */
    public void start() {
        var _ = Thread.ofVirtual().name("config-watch").start(this::run);
    }

    /** Ends the watch; a document being published still comes into force. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                guardedPoll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Looks now, and offers a file that was refused once more: what hindered it may be gone. Blocks
     * until the file is in force or refused.
     */
    public synchronized WatchStatus reload() {
        stamps = null;
        again = !status.current();
        guardedPoll();
        again = false;
        return status;
    }

    /** No fault may end the watch: the next file may mend it. */
    private void guardedPoll() {
        try {
            poll();
        } catch (RuntimeException | Error e) {
            LOG.error("watching {} failed, and goes on", layers, e);
        }
    }

    /** Looks once. */
    synchronized void poll() {
        FileStamps now = FileStamps.of(seen.files());
        Instant time = clock.instant();
        if (now.equals(stamps) && now.newest().isBefore(time.minus(SETTLED))) {
            return;
        }
        stamps = now;
        if (!again && reader.unchanged(layers, seen)) {
            return;
        }
        ConfigDocument<T> document = load();
        if (document.inputs().equals(seen) && !again) {
            return;
        }
        seen = document.inputs();
        switch (document) {
            case ConfigDocument.Loaded<T> loaded -> offer(loaded);
            case ConfigDocument.Invalid<T> invalid -> refuse(invalid.errors());
        }
    }

    /** Again if a file changed meanwhile: some of it may be older than the rest. */
    private ConfigDocument<T> load() {
        ConfigDocument<T> document;
        FileStamps before;
        int tries = 0;
        do {
            before = FileStamps.of(seen.files());
            document = reader.load(layers, schema);
        } while (++tries < MOST_TRIES && !FileStamps.of(seen.files()).equals(before));
        return document;
    }

    private void offer(ConfigDocument.Loaded<T> loaded) {
        if (loaded.inputs().hash().equals(status.activeHash())) {
            status = status.restored();
            LOG.info("{} is again what is in force", layers);
            return;
        }
        try {
            publish.accept(loaded);
        } catch (ChangeRefused e) {
            refuse(e.errors());
            return;
        } catch (IllegalArgumentException e) {
            refuse(String.valueOf(e.getMessage()));
            return;
        } catch (RuntimeException e) {
            LOG.error("{} could not be put in force", layers, e);
            refuse("it could not be put in force: " + e);
            return;
        }
        status = status.accepted(loaded.inputs().hash(), clock.instant());
        LOG.info("{} was changed and is in force", layers);
    }

    private void refuse(String sentence) {
        refuse(List.of(new ConfigError(layers.toString(), 0, 0, "", sentence)));
    }

    private void refuse(List<ConfigError> errors) {
        status = status.refused(errors);
        LOG.warn("a changed configuration is refused, what was stays in force: {}", errors);
    }
}
