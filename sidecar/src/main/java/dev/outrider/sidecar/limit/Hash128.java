package dev.outrider.sidecar.limit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * SipHash-2-4 with 128 bits (Aumasson and Bernstein, 2012). With a secret of this process a client
 * that chooses its keys can neither crowd one place of the table nor meet another's key; so a key
 * is remembered as these 128 bits alone. Immutable; the two halves are asked for separately, since
 * a pair would be an object.
 */
final class Hash128 {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long key0;
    private final long key1;

    Hash128(RandomGenerator random) {
        this(random.nextLong(), random.nextLong());
    }

    Hash128(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Puts the hash of the first {@code length} bytes into {@code target}. */
    void of(byte[] bytes, int length, Ask.Key target) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        int whole = length & ~7;
        for (int at = 0; at <= whole; at += 8) {
            long m = at < whole ? (long) LONGS.get(bytes, at) : last(bytes, at, length);
            v3 ^= m;
            for (int i = 0; i < 2; i++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        v2 ^= 0xee;
        for (int i = 0; i < 8; i++) {
            if (i == 4) {
                target.low = v0 ^ v1 ^ v2 ^ v3;
                v1 ^= 0xdd;
            }
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
        }
        target.high = v0 ^ v1 ^ v2 ^ v3;
    }

    private static long last(byte[] bytes, int at, int length) {
        long m = (long) length << 56;
        for (int i = at; i < length; i++) {
            m |= (bytes[i] & 0xffL) << 8 * (i - at);
        }
        return m;
    }
}
