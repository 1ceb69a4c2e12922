package dev.outrider.certs.kubernetes;

import dev.outrider.certs.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One stream of changes, from a version on. It ends: the server ends each watch after some minutes,
 * and silence longer than the bound ends it here, since nobody can tell a quiet collection from a
 * dead connection. Whoever needs a copy that goes on uses {@link Mirror}. Read by one thread,
 * closed by any.
 */
public final class Watch implements AutoCloseable {
    private static final int LARGEST_EVENT = 8 << 20;

    /** What a server may take longer than it was asked to. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final LineStream lines;
    private final Target target;
    private final Duration silence;
    private final long until;

    /** What happened to {@link Event#object}. */
    public enum Kind {
        ADDED,
        MODIFIED,
        /** The object is as it was last. */
        DELETED,
        /** Nothing happened up to this version; only {@code metadata.resourceVersion} counts. */
        BOOKMARK
    }

    /** One change. */
    public record Event(Kind kind, Map<String, @Nullable Object> object) {}

    /**
     * How long a watch lasts.
     *
     * @param total after which the server is asked to end it
     * @param silence without any event or bookmark after which it is taken for dead; servers send a
     *     bookmark about once a minute
     */
    public record Span(Duration total, Duration silence) {
        public static final Span DEFAULTS =
                new Span(Duration.ofMinutes(5), Duration.ofSeconds(150));
    }

    Watch(LineStream lines, Target target, Span span) {
        this.lines = lines;
        this.target = target;
        this.silence = span.silence();
        this.until = System.nanoTime() + span.total().plus(GRACE).toNanos();
    }

    /**
     * The next change; null when the watch ended in the ordinary way or fell silent, which means:
     * resume it from the last version seen.
     *
     * @throws KubeException {@link KubeException#expired} when that version is gone: list again
     */
    public @Nullable Event next() throws KubeException {
        while (true) {
            byte[] line = line();
            if (line == null) {
                return null;
            }
            if (line.length > 0) {
                return event(line);
            }
        }
    }

    @Override
    public void close() {
        lines.close();
    }

    private byte @Nullable [] line() throws KubeException {
        Duration left = Duration.ofNanos(until - System.nanoTime());
        Duration wait = left.compareTo(silence) < 0 ? left : silence;
        try {
            return lines.line(wait, LARGEST_EVENT);
        } catch (TimeoutException e) {
            return null;
        } catch (IOException e) {
            throw KubeFailures.broken(target, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KubeFailures.interrupted(target);
        }
    }

    private Event event(byte[] line) throws KubeException {
        Map<String, @Nullable Object> message;
        try {
            message = Json.object(line);
        } catch (IllegalArgumentException e) {
            throw KubeFailures.malformed(target, "an event that is no JSON object", e);
        }
        String type = Fields.text(message, "type").orElse("");
        Map<String, @Nullable Object> object = Fields.map(message, "object");
        return switch (type) {
            case "ADDED", "MODIFIED", "DELETED", "BOOKMARK" -> {
                if (Fields.resourceVersion(object).isEmpty()) {
                    throw KubeFailures.malformed(target, "an event without a version", null);
                }
                yield new Event(Kind.valueOf(type), object);
            }
            case "ERROR" -> throw KubeFailures.told(target, object);
            default -> throw KubeFailures.malformed(target, "an event '" + type + "'", null);
        };
    }
}
