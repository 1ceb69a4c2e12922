package dev.outrider.sidecar.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a field's value, as a key for maps. One that {@link Headers#field} gives lies in the
 * head and holds as long as that is not changed; one that is made of text has bytes of its own.
 */
public final class FieldValue {
    /**
     * Only the last bytes are hashed, since values such as tokens are long and differ in their
     * signature. Who can choose those freely must not fill a map.
     */
    private static final int HASHED = 32;

    private final byte[] bytes;
    private final int start;
    private final int end;

    FieldValue(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
    }

    public static FieldValue of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return new FieldValue(bytes, 0, bytes.length);
    }

    public int length() {
        return end - start;
    }

    /** The octet at an index from 0. */
    public int at(int index) {
        return bytes[start + index] & 0xff;
    }

    /** Whether {@code text}, which is ASCII, stands there, in the same case. */
    public boolean startsWith(String text, int from) {
        if (length() - from < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[start + from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A part of it, which lies where this does. */
    public FieldValue part(int from, int to) {
        return new FieldValue(bytes, start + from, start + to);
    }

    /** Copies its bytes; how many. */
    public int copyTo(byte[] target) {
        System.arraycopy(bytes, start, target, 0, length());
        return length();
    }

    /** What follows {@code prefix}, which is ASCII and compared without case; null without it. */
    public @Nullable FieldValue after(String prefix) {
        if (length() < prefix.length()) {
            return null;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (Fields.fold(bytes[start + i]) != Fields.fold((byte) prefix.charAt(i))) {
                return null;
            }
        }
        return new FieldValue(bytes, start + prefix.length(), end);
    }

    @Override
    public boolean equals(@Nullable Object object) {
        return object instanceof FieldValue other
                && Arrays.equals(bytes, start, end, other.bytes, other.start, other.end);
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (int i = Math.max(start, end - HASHED); i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }
}
