package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.BalanceConfig;
import dev.outrider.sidecar.balance.OutlierConfig;
import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.resilience.RetryConfig;
import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * How a destination is called, whoever it is.
 *
 * @param timeout of the whole request; zero: none of its own
 * @param idle longest silence in both directions
 */
public record CallConfig(
        UpstreamProtocol protocol,
        Duration timeout,
        Duration idle,
        RetryConfig retry,
        BreakerConfig breaker,
        BulkheadConfig bulkhead,
        BalanceConfig balance,
        OutlierConfig outliers,
        PoolConfig pool) {

    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    /**
     * The fields of a record that has more to say of the destination.
     *
     * @param timeout where none is given
     */
    public static CallConfig fields(Fields f, Duration timeout) {
        return new CallConfig(
                f.optional(
                        "protocol",
                        Schemas.oneOf(UpstreamProtocol.class),
                        UpstreamProtocol.AUTO,
                        "what the endpoints speak; auto: what the caller spoke, in plain text"
                                + " HTTP/2 for gRPC only"),
                f.optional(
                        "timeout",
                        Schemas.duration(),
                        timeout,
                        "longest time for the whole request with all retries; 0s for none"),
                f.optional(
                        "idle",
                        Schemas.duration(),
                        LONGEST_SILENCE,
                        "longest silence while waiting or streaming"),
                f.optional(
                        "retry",
                        RetryConfig.SCHEMA,
                        RetryConfig.DEFAULTS,
                        "which failures are tried again"),
                f.optional(
                        "breaker",
                        BreakerConfig.SCHEMA,
                        BreakerConfig.DEFAULTS,
                        "when to stop calling for a while"),
                f.optional(
                        "bulkhead",
                        BulkheadConfig.SCHEMA,
                        BulkheadConfig.DEFAULTS,
                        "how many calls and raw TCP connections to one service may run and wait at"
                                + " once"),
                f.optional(
                        "balance",
                        BalanceConfig.SCHEMA,
                        BalanceConfig.DEFAULTS,
                        "how requests are spread over the endpoints"),
                f.optional(
                        "outliers",
                        OutlierConfig.SCHEMA,
                        OutlierConfig.DEFAULTS,
                        "when one endpoint is set aside"),
                f.optional(
                        "pool",
                        PoolConfig.SCHEMA,
                        PoolConfig.DEFAULTS,
                        "how connections are made and kept"));
    }

    public CallConfig {
        if (idle.isZero()) {
            throw new IllegalArgumentException("idle must be longer than 0s");
        }
    }

    /** What leads to one place only: there is no other to turn to, so no call is tried again. */
    public static CallConfig once(
            UpstreamProtocol protocol,
            Duration timeout,
            Duration idle,
            BulkheadConfig bulkhead,
            PoolConfig pool) {
        return new CallConfig(
                protocol,
                timeout,
                idle,
                RetryConfig.NONE,
                BreakerConfig.DEFAULTS,
                bulkhead,
                BalanceConfig.DEFAULTS,
                OutlierConfig.DISABLED,
                pool);
    }
}
