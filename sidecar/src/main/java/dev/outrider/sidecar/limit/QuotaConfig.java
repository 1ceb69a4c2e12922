package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much in how long; several hold together.
 *
 * @param requests with {@code per}, a window of any length
 * @param burst what a bucket holds, null for what suits the algorithm
 */
public record QuotaConfig(
        @Nullable Integer second,
        @Nullable Integer minute,
        @Nullable Integer hour,
        @Nullable Integer day,
        @Nullable Integer requests,
        @Nullable Duration per,
        @Nullable Integer burst) {
    private static final int MOST = 1_000_000_000;
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final Schema<Integer> UNITS = Schemas.integer(1, MOST);

    /** One window: its name in headers, and its numbers. */
    record Window(String name, long quota, long micros) {}

    public QuotaConfig {
        if ((requests == null) != (per == null)) {
            throw new IllegalArgumentException(
                    "requests and per belong together, as in {requests: 5, per: 10s}");
        }
        if (per != null && (per.compareTo(SHORTEST) < 0 || per.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException("per must be from 10ms to 31d");
        }
        if (second == null && minute == null && hour == null && day == null && per == null) {
            throw new IllegalArgumentException(
                    "say how much is allowed, as in {minute: 100} or {requests: 5, per: 10s}");
        }
    }

    public static final Schema<QuotaConfig> SCHEMA =
            Schema.record(
                    "QuotaConfig",
                    "How much in how long. Several windows hold together; the request must fit all"
                            + " of them.",
                    f ->
                            new QuotaConfig(
                                    f.nullable("second", UNITS, "units a second"),
                                    f.nullable("minute", UNITS, "units a minute"),
                                    f.nullable("hour", UNITS, "units an hour"),
                                    f.nullable("day", UNITS, "units a day"),
                                    f.nullable("requests", UNITS, "units in the time of per"),
                                    f.nullable(
                                            "per",
                                            Schemas.duration(),
                                            "a window of another length, 10ms to 31d, for"
                                                    + " requests"),
                                    f.nullable(
                                            "burst",
                                            UNITS,
                                            "what the bucket holds at most, for one window only;"
                                                    + " by default the quota for token-bucket and"
                                                    + " 1 for leaky-bucket")));

    /** So many a minute and nothing else. */
    public static QuotaConfig perMinute(int units) {
        return new QuotaConfig(null, units, null, null, null, null, null);
    }

    /** Its windows, shortest name first. */
    List<Window> windows() {
        List<Window> windows = new ArrayList<>();
        add(windows, "second", second, Duration.ofSeconds(1));
        add(windows, "minute", minute, Duration.ofMinutes(1));
        add(windows, "hour", hour, Duration.ofHours(1));
        add(windows, "day", day, Duration.ofDays(1));
        if (per != null) {
            add(windows, Schemas.duration().show(per), requests, per);
        }
        return windows;
    }

    private static void add(
            List<Window> windows, String name, @Nullable Integer quota, Duration length) {
        if (quota != null) {
            windows.add(new Window(name, quota, length.toNanos() / 1000));
        }
    }

    /** The rules it makes. */
    List<Rule> rules(Algorithm algorithm) {
        List<Window> windows = windows();
        if (burst != null && !algorithm.bucket()) {
            throw new IllegalArgumentException("burst is for token-bucket and leaky-bucket only");
        }
        if (burst != null && windows.size() > 1) {
            throw new IllegalArgumentException(
                    "with burst name one window only, and others in a limit of their own");
        }
        return windows.stream().map(window -> rule(algorithm, window)).toList();
    }

    private Rule rule(Algorithm algorithm, Window window) {
        return switch (algorithm) {
            case FIXED_WINDOW -> new FixedWindow(window.quota, window.micros);
            case SLIDING_LOG -> new SlidingLog(window.quota, window.micros);
            case SLIDING_COUNTER -> new SlidingCounter(window.quota, window.micros);
            case TOKEN_BUCKET ->
                    Bucket.of(burst == null ? window.quota : burst, window.quota, window.micros);
            case LEAKY_BUCKET -> Bucket.of(burst == null ? 1 : burst, window.quota, window.micros);
        };
    }
}
