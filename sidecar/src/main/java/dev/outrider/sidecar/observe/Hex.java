package dev.outrider.sidecar.observe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Lower-case hexadecimal, by table. */
final class Hex {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (byte i = 0; i < 16; i++) {
            VALUES[DIGITS[i]] = i;
        }
    }

    private Hex() {}

    /** Whether all of that range are lower-case digits; both trace formats allow no others. */
    static boolean valid(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c >= 128 || VALUES[c] < 0) {
                return false;
            }
        }
        return true;
    }

    /** Reads up to 16 digits that are {@link #valid}. */
    static long read(String text, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value << 4 | VALUES[text.charAt(i)];
        }
        return value;
    }

    /** Writes the lowest {@code digits} digits and returns the index after them. */
    static int write(long value, byte[] target, int at, int digits) {
        int end = at + digits;
        long rest = value;
        for (int i = end - 1; i >= at; i--) {
            target[i] = DIGITS[(int) (rest & 15)];
            rest >>>= 4;
        }
        return end;
    }

    /** All 16 digits. */
    static String of(long value) {
        byte[] text = new byte[16];
        write(value, text, 0, 16);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** 32 digits, or 16 when the higher half is zero, as B3 and Zipkin write short ids. */
    static String of(long high, long low) {
        if (high == 0) {
            return of(low);
        }
        byte[] text = new byte[32];
        write(low, text, write(high, text, 0, 16), 16);
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
