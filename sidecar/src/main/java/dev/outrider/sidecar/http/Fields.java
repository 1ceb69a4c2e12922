package dev.outrider.sidecar.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The character classes of header fields (RFC 9110, sections 5.1 and 5.5; RFC 9112, section 5). */
public final class Fields {
    public static final int CRLF = '\r' << 8 | '\n';

    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final boolean[] TOKEN = new boolean[128];
    private static final byte[] FOLD = new byte[128];

    static {
        for (char c = 0; c < 128; c++) {
            TOKEN[c] =
                    c >= '0' && c <= '9'
                            || c >= 'A' && c <= 'Z'
                            || c >= 'a' && c <= 'z'
                            || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
            FOLD[c] = (byte) (c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
    }

    private Fields() {}

    /** A character of a method or field name. */
    public static boolean isToken(int c) {
        return c >= 0 && c < 128 && TOKEN[c];
    }

    /** A character of a field name in lower case, or 0 if it is none. */
    public static int lowerToken(byte b) {
        return b >= 0 && TOKEN[b] ? FOLD[b] : 0;
    }

    /** A character of a field value: visible, space, tab or a byte above 127. */
    public static boolean isFieldValue(int c) {
        return c >= ' ' && c != 127 && c < 256 || c == '\t';
    }

    /**
     * The first index from {@code from} on whose byte no field value may hold, else {@code end}.
     * Tokens and cookies are long, so eight bytes are looked at in one step.
     */
    public static int valueEnd(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end) {
            if (at + Long.BYTES <= end) {
                int clean = cleanBytes((long) EIGHT.get(bytes, at));
                at += clean;
                if (clean == Long.BYTES) {
                    continue;
                }
            }
            if (!isFieldValue(bytes[at] & 0xff)) {
                return at;
            }
            at++;
        }
        return end;
    }

    /** How many bytes of eight, the first the lowest, come before one below a space or DEL. */
    private static int cleanBytes(long eight) {
        long del = eight ^ 0x7f * ONES;
        long below = eight - ' ' * ONES & ~eight;
        long marks = (below | del - ONES & ~del) & HIGH_BITS;
        return Long.numberOfTrailingZeros(marks) >> 3;
    }

    static int fold(byte b) {
        return b >= 0 ? FOLD[b] : b & 0xff;
    }

    static String lowerCase(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return name.toLowerCase(java.util.Locale.ROOT);
            }
        }
        return name;
    }
}
