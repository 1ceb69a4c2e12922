package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.TryLimit;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Fewer or quicker tries than the service's own; its conditions and budget stand. */
public record TriesConfig(@Nullable Integer attempts, @Nullable Duration perTry) {
    public static final Schema<TriesConfig> SCHEMA =
            Schema.record(
                    "TriesConfig",
                    "Fewer or quicker tries than the service's own 'retry', whose conditions and"
                            + " budget stand.",
                    f ->
                            new TriesConfig(
                                    f.nullable(
                                            "attempts",
                                            Schemas.integer(0, 10),
                                            "most tries after the first; 0 for none"),
                                    f.nullable(
                                            "perTry",
                                            Schemas.duration(),
                                            "how long one may take until its response begins")));

    public TriesConfig {
        if (attempts == null && perTry == null) {
            throw new IllegalArgumentException("say 'attempts', 'perTry' or both");
        }
        if (perTry != null && (perTry.isNegative() || perTry.isZero())) {
            throw new IllegalArgumentException("perTry must be above 0s");
        }
    }

    TryLimit limit() {
        return new TryLimit(
                attempts == null ? TryLimit.NONE.retries() : attempts,
                perTry == null ? TryLimit.NONE.perTryNanos() : perTry.toNanos());
    }
}
