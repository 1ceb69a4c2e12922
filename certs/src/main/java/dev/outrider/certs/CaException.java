package dev.outrider.certs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why the authority gave nothing: whose side it is on and whether asking again can help. */
public final class CaException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Where to look first. */
    public enum Side {
        /** What we sent or what we trust: a wrong token, id, bundle or clock. */
        CALLER,
        /** Between us: refused, reset, timed out. */
        NETWORK,
        /** The authority is busy, failing, or answered nonsense. */
        AUTHORITY
    }

    private final Side side;
    private final String reason;
    private final boolean retryable;
    private final @Nullable Duration retryAfter;

    CaException(
            Side side,
            String reason,
            String message,
            boolean retryable,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message, cause);
        this.side = side;
        this.reason = reason;
        this.retryable = retryable;
        this.retryAfter = retryAfter;
    }

    public Side side() {
        return side;
    }

    /** Stable and short, such as {@code timeout}, {@code unknown-token}, {@code rate-limited}. */
    public String reason() {
        return reason;
    }

    /** Whether the same call may succeed later with nothing changed on our side. */
    public boolean retryable() {
        return retryable;
    }

    /** How long the authority asks us to wait, if it said so. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
