package dev.outrider.sidecar.auth.keys;

/** Why a key is refused; always 401, and the reason is for logs and metrics only. */
public enum KeyRefusal {
    /** Its form or checksum is wrong: a typo, or no key at all. */
    MALFORMED("key-malformed"),
    UNKNOWN("key-unknown"),
    /** The id is known, the secret is not its. */
    SECRET("key-secret"),
    EXPIRED("key-expired"),
    REVOKED("key-revoked");

    private final String reason;

    KeyRefusal(String reason) {
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
