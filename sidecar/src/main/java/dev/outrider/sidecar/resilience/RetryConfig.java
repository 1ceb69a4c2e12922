package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which attempts are followed by another.
 *
 * @param attempts further tries after the first; 0 switches retries off
 * @param perTry null: only the exchange's own deadline holds
 * @param grpcStatuses with which the upstream says that it has done nothing; gRPC is always POST,
 *     so nothing else tells
 * @param grpcHold longest time that a response's head waits for the end that says how it went
 * @param idempotencyKeyHeader in lower case; empty: no header makes a method retryable
 */
public record RetryConfig(
        int attempts,
        @Nullable Duration perTry,
        BackoffConfig backoff,
        List<RetryOn> on,
        List<Integer> statuses,
        List<Integer> grpcStatuses,
        Duration grpcHold,
        String idempotencyKeyHeader,
        BudgetConfig budget) {
    public static final RetryConfig DEFAULTS =
            new RetryConfig(
                    2,
                    null,
                    BackoffConfig.DEFAULTS,
                    List.copyOf(EnumSet.allOf(RetryOn.class)),
                    List.of(502, 503, 504),
                    List.of(),
                    Duration.ofMillis(100),
                    "idempotency-key",
                    BudgetConfig.DEFAULTS);

    /** No retries, whatever happens. */
    public static final RetryConfig NONE =
            new RetryConfig(
                    0,
                    null,
                    BackoffConfig.DEFAULTS,
                    List.of(),
                    List.of(),
                    List.of(),
                    Duration.ZERO,
                    "",
                    BudgetConfig.DEFAULTS);

    public static final Schema<RetryConfig> SCHEMA =
            Schema.record(
                    "RetryConfig",
                    "Which failed attempts are followed by another; never one that could do a"
                            + " thing twice.",
                    f ->
                            new RetryConfig(
                                    f.optional(
                                            "attempts",
                                            Schemas.integer(0, 10),
                                            DEFAULTS.attempts,
                                            "further tries after the first; 0 for none"),
                                    f.nullable(
                                            "perTry",
                                            Schemas.duration(),
                                            "how long one attempt may take until its response"
                                                    + " begins"),
                                    f.optional(
                                            "backoff",
                                            BackoffConfig.SCHEMA,
                                            DEFAULTS.backoff,
                                            "how long to wait before a further try"),
                                    f.optional(
                                            "on",
                                            Schemas.list(Schemas.oneOf(RetryOn.class)),
                                            DEFAULTS.on,
                                            "the failures that are worth another try"),
                                    f.optional(
                                            "statuses",
                                            Schemas.list(Schemas.integer(400, 599)),
                                            DEFAULTS.statuses,
                                            "the response statuses that are worth another try"),
                                    f.optional(
                                            "grpcStatuses",
                                            Schemas.list(Schemas.integer(1, 16)),
                                            DEFAULTS.grpcStatuses,
                                            "the gRPC statuses, by number, with which the service"
                                                    + " says that it has done nothing, such as 14;"
                                                    + " unary calls that end so before a message"
                                                    + " came are tried again. None unless set:"
                                                    + " UNAVAILABLE too may come in the middle of"
                                                    + " the work, and every call is a POST. What"
                                                    + " is proven not to have been looked at (not"
                                                    + " sent, REFUSED_STREAM, GOAWAY) is tried"
                                                    + " again without this"),
                                    f.optional(
                                            "grpcHold",
                                            Schemas.duration(),
                                            DEFAULTS.grpcHold,
                                            "with grpcStatuses, longest time that the head of a"
                                                    + " gRPC response is kept back for the status"
                                                    + " that may follow: only while a retry is"
                                                    + " possible and the request has ended, and not"
                                                    + " beyond the first message. A client that"
                                                    + " waits for a stream's first metadata waits"
                                                    + " so much longer. 0s keeps it only while the"
                                                    + " status comes in the same read"),
                                    f.optional(
                                            "idempotencyKeyHeader",
                                            Schemas.text(),
                                            DEFAULTS.idempotencyKeyHeader,
                                            "a request with this header may be retried whatever"
                                                    + " its method; empty for none"),
                                    f.optional(
                                            "budget",
                                            BudgetConfig.SCHEMA,
                                            DEFAULTS.budget,
                                            "how many retries the destination may get in all")));

    public RetryConfig {
        if (attempts < 0 || attempts > 10) {
            throw new IllegalArgumentException("attempts must be between 0 (no retries) and 10");
        }
        if (perTry != null && (perTry.isNegative() || perTry.isZero())) {
            throw new IllegalArgumentException(
                    "perTry must be above 0s; leave it out for no limit of its own");
        }
        on = List.copyOf(on);
        statuses = List.copyOf(statuses);
        grpcStatuses = List.copyOf(grpcStatuses);
        for (int status : statuses) {
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException(
                        "statuses must be errors, 400 to 599, but holds " + status);
            }
        }
        idempotencyKeyHeader = idempotencyKeyHeader.toLowerCase(Locale.ROOT);
    }
}
