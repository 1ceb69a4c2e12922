package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/** How many requests of one key may wait for their turn, and how long. */
public record ThrottleConfig(int queue, Duration longest) {
    public static final Schema<ThrottleConfig> SCHEMA =
            Schema.record(
                    "ThrottleConfig",
                    "Lets requests that are too many wait, and releases them evenly, instead of"
                            + " refusing them.",
                    f ->
                            new ThrottleConfig(
                                    f.optional(
                                            "queue",
                                            Schemas.integer(1, 10_000),
                                            10,
                                            "requests of one key that may wait; one more is"
                                                    + " refused"),
                                    f.optional(
                                            "wait",
                                            Schemas.duration(),
                                            Duration.ofSeconds(1),
                                            "how long one may wait; whose turn comes later is"
                                                    + " refused at once")));

    public ThrottleConfig {
        if (queue < 1) {
            throw new IllegalArgumentException("queue must be at least 1");
        }
        if (longest.compareTo(Duration.ofMillis(1)) < 0
                || longest.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("wait must be from 1ms to 1m");
        }
    }
}
