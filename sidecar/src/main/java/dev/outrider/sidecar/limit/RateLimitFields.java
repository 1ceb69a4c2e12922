package dev.outrider.sidecar.limit;

/** Which response fields tell a client its quota. */
public enum RateLimitFields {
    /** {@code RateLimit} and {@code RateLimit-Policy} of draft-ietf-httpapi-ratelimit-headers. */
    DRAFT,
    /** {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset}, in seconds from now. */
    LEGACY,
    BOTH,
    NONE;

    boolean draft() {
        return this == DRAFT || this == BOTH;
    }

    boolean legacy() {
        return this == LEGACY || this == BOTH;
    }
}
