package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Faults to inject, to try out how callers bear them.
 *
 * @param headers names in lower case to exact values, {@code *} for any value; all must match
 */
public record FaultConfig(
        @Nullable DelayFault delay, @Nullable AbortFault abort, Map<String, String> headers) {

    public static final Schema<FaultConfig> SCHEMA =
            Schema.record(
                    "FaultConfig",
                    "Faults to inject, to try out how callers bear them.",
                    f ->
                            new FaultConfig(
                                    f.nullable("delay", DelayFault.SCHEMA, "requests made slow"),
                                    f.nullable("abort", AbortFault.SCHEMA, "requests made to fail"),
                                    f.optional(
                                            "headers",
                                            Schemas.map(Schemas.text()),
                                            Map.of(),
                                            "only requests with all of these headers; * for any"
                                                    + " value")));

    public FaultConfig {
        if (delay == null && abort == null) {
            throw new IllegalArgumentException("a fault needs delay, abort or both");
        }
        Map<String, String> lowered = new LinkedHashMap<>();
        headers.forEach((name, value) -> lowered.put(name.toLowerCase(Locale.ROOT), value));
        headers = Map.copyOf(lowered);
    }

    /** A share of the requests that waits. */
    public record DelayFault(Duration duration, double share) {
        public static final Schema<DelayFault> SCHEMA =
                Schema.record(
                        "DelayFault",
                        "Requests made slow.",
                        f ->
                                new DelayFault(
                                        f.required(
                                                "duration",
                                                Schemas.duration(),
                                                "how long they wait"),
                                        f.optional(
                                                "share",
                                                Schemas.percent(),
                                                1.0,
                                                "how many of them")));

        public DelayFault {
            if (duration.isNegative() || duration.compareTo(Duration.ofMinutes(5)) > 0) {
                throw new IllegalArgumentException("duration must be between 0s and 5m");
            }
        }
    }

    /** A share of the requests that is answered with an error. */
    public record AbortFault(int status, double share) {
        public static final Schema<AbortFault> SCHEMA =
                Schema.record(
                        "AbortFault",
                        "Requests answered with an error instead of being forwarded.",
                        f ->
                                new AbortFault(
                                        f.required(
                                                "status",
                                                Schemas.integer(400, 599),
                                                "the status they are answered with"),
                                        f.optional(
                                                "share",
                                                Schemas.percent(),
                                                1.0,
                                                "how many of them")));

        public AbortFault {
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException("status must be an error, 400 to 599");
            }
        }
    }
}
