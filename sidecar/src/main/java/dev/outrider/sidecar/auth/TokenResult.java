package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Caller;
import org.jspecify.annotations.Nullable;

/** What one look at a token with one key set found. Peer and deny list are not in it. */
sealed interface TokenResult {
    /**
     * It holds until that moment, leeway included; {@code subject} is null if it is no SPIFFE id.
     */
    record Verified(Caller caller, @Nullable SpiffeId subject, long untilMillis)
            implements TokenResult {}

    record Refused(TokenRefusal why, String detail) implements TokenResult {}

    /** Newer keys may know it. */
    record UnknownKey(String detail) implements TokenResult {}
}
