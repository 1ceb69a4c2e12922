package dev.outrider.sidecar.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script that runs in Redis as one atomic step. It must name every key it touches in {@code
 * KEYS}, or a cluster cannot send it to the right node.
 *
 * @param name how logs call it
 * @param sha1 how Redis calls it, in lower-case hexadecimal
 */
public record Script(String name, String source, String sha1) {
    public Script(String name, String source) {
        this(name, source, digest(source));
    }

    private static String digest(String source) {
        try {
            // No protection, but Redis's own name of a script.
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(sha1.digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
