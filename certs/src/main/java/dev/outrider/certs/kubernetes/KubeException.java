package dev.outrider.certs.kubernetes;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why the API server gave nothing, in a sentence that names the object and what would help. */
public final class KubeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final @Nullable Duration retryAfter;

    /**
     * @param status of the answer; zero when there was none
     * @param reason of the API ({@code NotFound}, {@code Conflict}, {@code Expired}, …), or {@code
     *     Unreachable}, {@code Timeout}, {@code TooLarge}, {@code Malformed}, {@code Interrupted}
     */
    KubeException(
            int status,
            String reason,
            String message,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    public int status() {
        return status;
    }

    public String reason() {
        return reason;
    }

    /** How long the server asks us to wait, if it said so. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** The object is not there; for a creation, its namespace is not. */
    public boolean notFound() {
        return status == 404;
    }

    /** Somebody else changed it since it was read, or made it first. Read it again. */
    public boolean conflict() {
        return status == 409;
    }

    /** The version asked for is no longer kept. List again. */
    public boolean expired() {
        return status == 410;
    }

    /** The server knows who asks and says no: a right is missing. */
    public boolean forbidden() {
        return status == 403;
    }

    /** Whether the same call may succeed later with nothing changed on our side. */
    public boolean retryable() {
        return switch (reason) {
            case "Unreachable", "Timeout", "Malformed" -> true;
            default -> status == 429 || status >= 500;
        };
    }
}
