package dev.outrider.injector.webhook;

/**
 * A request that cannot be answered with a review: status, Kubernetes' word for it, and a sentence.
 * The API server then does what the webhook's failurePolicy says.
 */
public final class ReviewException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;

    ReviewException(int status, String reason, String message) {
        super(message, null, false, false);
        this.status = status;
        this.reason = reason;
    }

    static ReviewException malformed(String message) {
        return new ReviewException(400, "BadRequest", message);
    }

    static ReviewException unavailable(String message) {
        return new ReviewException(503, "ServiceUnavailable", message);
    }

    public int status() {
        return status;
    }

    public String reason() {
        return reason;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
