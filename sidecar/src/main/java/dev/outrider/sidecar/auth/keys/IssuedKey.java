package dev.outrider.sidecar.auth.keys;

/**
 * A key that has just been made.
 *
 * @param secret the whole key; nobody can show it again
 */
public record IssuedKey(ApiKey key, String secret) {
    /** Without the secret, since records find their way into logs. */
    @Override
    public String toString() {
        return "IssuedKey[" + key.id() + "]";
    }
}
