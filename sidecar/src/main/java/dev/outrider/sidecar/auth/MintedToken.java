package dev.outrider.sidecar.auth;

import dev.outrider.certs.Json;

/**
 * A token of our own. It is trusted, not verified: only its shape and its {@code exp} are looked
 * at.
 *
 * @param headerValue how it stands in the header, ready to be sent
 */
record MintedToken(String headerValue, long mintedMillis, long expiresMillis, long renewMillis) {
    /** Seconds since 1970 beyond which an expiry makes no sense; milliseconds still fit. */
    private static final double LATEST = 1e15;

    /**
     * Checks what the issuer gave.
     *
     * @param share of its life after which it is to be renewed
     * @throws IllegalArgumentException if it cannot be sent, or is over already
     */
    static MintedToken of(String text, TokenHeader header, long nowMillis, double share) {
        String token = text.strip();
        Object exp = Json.object(TokenShape.of(token).payload(token)).get("exp");
        if (!(exp instanceof Number number) || Math.abs(number.doubleValue()) > LATEST) {
            throw new IllegalArgumentException("the minted token does not say when it expires");
        }
        long expires = Math.multiplyExact(number.longValue(), 1000L);
        long life = expires - nowMillis;
        if (life <= 0) {
            throw new IllegalArgumentException(
                    "the minted token expired "
                            + -life
                            + "ms ago by our clock; compare it with the issuer's");
        }
        return new MintedToken(
                header.value(token), nowMillis, expires, nowMillis + (long) (life * share));
    }

    boolean validAt(long nowMillis) {
        return nowMillis < expiresMillis;
    }

    @Override
    public String toString() {
        return "token until " + java.time.Instant.ofEpochMilli(expiresMillis);
    }
}
