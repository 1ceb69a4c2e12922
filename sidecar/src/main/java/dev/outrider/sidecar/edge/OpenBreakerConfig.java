package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import org.jspecify.annotations.Nullable;

/**
 * What a route does while the breaker of its service is open.
 *
 * @param status of the answer; used with {@code ANSWER} only, as are the other two
 */
public record OpenBreakerConfig(Then then, int status, String contentType, String body) {
    /** What is done. */
    public enum Then {
        /** 503 at once. */
        REFUSE,
        /** The configured answer. */
        ANSWER,
        /** The call is tried all the same: for what is better slow than not at all. */
        TRY
    }

    public static final OpenBreakerConfig DEFAULTS =
            new OpenBreakerConfig(Then.REFUSE, 200, "application/json", "");

    public static final Schema<OpenBreakerConfig> SCHEMA =
            Schema.record(
                    "OpenBreakerConfig",
                    "What a route does while the breaker of its service is open.",
                    f ->
                            new OpenBreakerConfig(
                                    f.optional(
                                            "then",
                                            Schemas.oneOf(Then.class),
                                            DEFAULTS.then,
                                            "'refuse' answers 503 at once, 'answer' with what"
                                                    + " stands below, 'try' calls all the same,"
                                                    + " for routes that are critical"),
                                    f.optional(
                                            "status",
                                            Schemas.integer(200, 599),
                                            DEFAULTS.status,
                                            "status of the answer"),
                                    f.optional(
                                            "contentType",
                                            Schemas.text(),
                                            DEFAULTS.contentType,
                                            "type of the answer's body"),
                                    f.optional(
                                            "body",
                                            Schemas.text(),
                                            DEFAULTS.body,
                                            "body of the answer")));

    public OpenBreakerConfig {
        if (!contentType.chars().allMatch(Fields::isFieldValue)) {
            throw new IllegalArgumentException(
                    "contentType must be one line of visible characters, such as text/plain");
        }
    }

    /** Null where nothing need be done. */
    @Nullable OpenBreakerFilter filter() {
        return then == Then.REFUSE ? null : new OpenBreakerFilter(this);
    }
}
