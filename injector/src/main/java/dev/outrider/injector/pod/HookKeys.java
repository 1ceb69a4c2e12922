package dev.outrider.injector.pod;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where a pod's hook key comes from: without it nobody gets the proxy to call a hook of the app.
 * The kubelet has no certificate, and comes from an address that differs from network to network,
 * but it reads the pod, which other pods may not: so the key stands in the hook's own address.
 */
public interface HookKeys {
    /** Of any key: it needs no escapes in an address. */
    Pattern FORM = Pattern.compile("[0-9a-f]{32}");

    /** A key for that pod. */
    String of(PodRequest request);

    /** Another one for each pod. */
    static HookKeys random() {
        return Random.ONE;
    }

    /**
     * The same each time for the same workload, so that files become the same each time.
     *
     * @param secret that nobody else knows; empty for keys by chance
     */
    static HookKeys from(String secret) {
        if (secret.isEmpty()) {
            return random();
        }
        if (secret.length() < Derived.SHORTEST) {
            throw new IllegalArgumentException(
                    "write a secret of at least %d characters".formatted(Derived.SHORTEST));
        }
        return new Derived(secret);
    }

    /** By chance. */
    enum Random implements HookKeys {
        ONE;

        private static final SecureRandom CHANCE = new SecureRandom();

        @Override
        public String of(PodRequest request) {
            byte[] bytes = new byte[16];
            CHANCE.nextBytes(bytes);
            return HexFormat.of().formatHex(bytes);
        }
    }

    /** From a secret and whose pod it is. */
    record Derived(String secret) implements HookKeys {
        private static final int SHORTEST = 16;

        @Override
        public String of(PodRequest request) {
            String whose =
                    String.join(
                            "/",
                            request.namespace(),
                            request.owner().kind(),
                            request.owner().name());
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                byte[] key = mac.doFinal(whose.getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(Arrays.copyOf(key, 16));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java lacks HMAC", e);
            }
        }

        @Override
        public String toString() {
            return "Derived[hidden]";
        }
    }
}
