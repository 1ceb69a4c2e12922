package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Failure;
import java.util.List;

/** Why a token is refused; always 401, and the reason is for logs and metrics only. */
public enum TokenRefusal {
    MISSING("token-missing"),
    MALFORMED("token-malformed"),
    ALGORITHM("token-algorithm"),
    UNKNOWN_KEY("token-unknown-key"),
    SIGNATURE("token-signature"),
    EXPIRED("token-expired"),
    NOT_YET_VALID("token-not-yet-valid"),
    AUDIENCE("token-audience"),
    ISSUER("token-issuer"),
    CLAIM("token-claim"),
    SUBJECT_MISMATCH("token-subject-mismatch"),
    DENIED("token-denied");

    private static final int LONGEST_DETAIL = 300;

    private final String reason;

    TokenRefusal(String reason) {
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }

    /**
     * Details quote what a stranger sent, so control characters and length are tamed here, before
     * they reach a log.
     */
    Failure.Refused because(String detail) {
        return new Failure.Refused(401, reason, tame(detail));
    }

    /** With what the answer may say of how to come again. */
    public Failure.Refused because(String detail, List<String> challenges) {
        return new Failure.Refused(401, reason, tame(detail), challenges);
    }

    private static String tame(String detail) {
        int length = Math.min(detail.length(), LONGEST_DETAIL);
        StringBuilder tame = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = detail.charAt(i);
            tame.append(c < ' ' || c > '~' ? '?' : c);
        }
        return tame.toString();
    }
}
