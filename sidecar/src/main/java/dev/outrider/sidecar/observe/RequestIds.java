package dev.outrider.sidecar.observe;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Values of {@code x-request-id}. They name a request and are no secret. */
final class RequestIds {
    static final String HEADER = "x-request-id";

    /** Longer ones are replaced: the id is repeated in logs, spans and answers. */
    private static final int LONGEST = 128;

    private final RandomGenerator random;

    RequestIds(RandomGenerator random) {
        this.random = random;
    }

    static boolean usable(@Nullable String id) {
        return id != null && !id.isEmpty() && id.length() <= LONGEST;
    }

    /** A random UUID (RFC 9562, version 4). */
    String next() {
        long high = random.nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        byte[] text = new byte[36];
        int at = dash(text, Hex.write(high >>> 32, text, 0, 8));
        at = dash(text, Hex.write(high >>> 16, text, at, 4));
        at = dash(text, Hex.write(high, text, at, 4));
        at = dash(text, Hex.write(low >>> 48, text, at, 4));
        Hex.write(low, text, at, 12);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static int dash(byte[] text, int at) {
        text[at] = '-';
        return at + 1;
    }
}
