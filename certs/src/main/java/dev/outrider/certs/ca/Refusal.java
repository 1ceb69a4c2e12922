package dev.outrider.certs.ca;

import java.time.Duration;

/** The answer no: a status, a stable reason, and a sentence for the caller. No secrets in it. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final long retryAfterSeconds;

    Refusal(int status, String reason, String detail) {
        this(status, reason, detail, 0);
    }

    private Refusal(int status, String reason, String detail, long retryAfterSeconds) {
        super(detail, null, false, false);
        this.status = status;
        this.reason = reason;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    static Refusal rateLimited(String whose, long seconds) {
        return new Refusal(
                429, "rate-limited", "too many requests " + whose + "; come back later", seconds);
    }

    static Refusal unavailable(String reason, String detail, Duration retryAfter) {
        return new Refusal(503, reason, detail, Math.max(1, retryAfter.toSeconds()));
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    /** Zero when the caller was not asked to wait. */
    long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
