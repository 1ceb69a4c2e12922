package dev.outrider.certs.ca;

import dev.outrider.certs.SpiffeId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * One way to learn from a bearer token who the caller is. Bootstrap tokens are one, the tokens of
 * Kubernetes' service accounts another.
 */
public interface TokenReview {
    /**
     * Never throws for a token it does not like: that is an outcome. Called on a request's thread.
     */
    Outcome review(String token, Instant now) throws IOException;

    /** What a review found. */
    sealed interface Outcome {
        /** Somebody else's kind of token, or nobody's. */
        record Unknown() implements Outcome {}

        /** It was good once. */
        record Expired(Instant since) implements Outcome {}

        /** Our kind, and no good: why, for the caller. */
        record Refused(String reason, String detail) implements Outcome {}

        /** Whoever knows cannot be asked just now; the same token may be good in a moment. */
        record Unavailable(String detail, Duration retryAfter) implements Outcome {}

        /** It proves {@code id}. {@code label} may be logged; {@code use} marks it as used. */
        record Proven(SpiffeId id, String label, Use use) implements Outcome {}
    }

    /** Called once, right before something is issued. */
    interface Use {
        /** False when the token could be used once and somebody was faster. */
        boolean claim() throws IOException;
    }
}
