package dev.outrider.sidecar.tls;

import dev.outrider.certs.LifeTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What readiness details and metrics tell of the identity; an immutable snapshot.
 *
 * @param source where it comes from, in words
 * @param id the identity in use, null before the first
 * @param notAfter when it ends
 * @param renewAt when the next one is asked for; null for files, which somebody else renews
 * @param renewals how many were taken into use after the first
 * @param failures attempts that failed since the last that succeeded
 * @param lastError why the last of those failed
 * @param skew the authority's clock minus ours, zero if it is not known
 */
public record IdentityStatus(
        String source,
        @Nullable String id,
        @Nullable Instant notBefore,
        @Nullable Instant notAfter,
        @Nullable Instant renewAt,
        long renewals,
        int failures,
        @Nullable String lastError,
        @Nullable Instant lastErrorAt,
        Duration skew) {

    static IdentityStatus none(String source) {
        return new IdentityStatus(source, null, null, null, null, 0, 0, null, null, Duration.ZERO);
    }

    /** Whether peers can accept the identity now. */
    public boolean usable(Instant now) {
        return notAfter != null && !now.isAfter(notAfter);
    }

    /** One line for the readiness details, with both clocks when something is wrong. */
    public String describe(Instant now) {
        StringBuilder text = new StringBuilder();
        if (id == null || notAfter == null) {
            text.append("no identity yet from ").append(source);
        } else {
            text.append(id).append(" from ").append(source);
            Duration left = Duration.between(now, notAfter);
            text.append(left.isNegative() ? ", ENDED " : ", ends ").append(notAfter);
            text.append(left.isNegative() ? ", " : ", in ").append(LifeTime.show(left.abs()));
            text.append(left.isNegative() ? " ago" : "");
        }
        if (failures > 0) {
            text.append("; not renewed, ")
                    .append(failures)
                    .append(failures == 1 ? " attempt" : " attempts")
                    .append(" failed, the last at ")
                    .append(lastErrorAt)
                    .append(": ")
                    .append(lastError)
                    .append("; our clock says ")
                    .append(now);
            if (!skew.isZero()) {
                text.append(", the authority's is ")
                        .append(LifeTime.show(skew.abs()))
                        .append(skew.isNegative() ? " behind" : " ahead");
            }
        }
        return text.toString();
    }
}
