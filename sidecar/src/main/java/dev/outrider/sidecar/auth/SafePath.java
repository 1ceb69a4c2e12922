package dev.outrider.sidecar.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a path the one way every app reads it, or not at all. Rules on paths are worth nothing if
 * the app decodes, folds or cuts a path differently than the rules did, so whatever two readers
 * could understand differently is refused: dot segments, empty segments, backslashes, path
 * parameters, and the encoded or doubly encoded forms of these; also what no valid URI holds.
 *
 * <p>What remains is normalised by decoding the encoded printable ASCII and writing the other
 * octets in upper case (RFC 3986, section 6.2.2). Pure.
 */
final class SafePath {
    private SafePath() {}

    /** The normal form, the same object if it was normal, or null if the path is refused. */
    static @Nullable String normalise(String path) {
        if (path.equals("*")) {
            return path;
        }
        if (path.isEmpty() || path.charAt(0) != '/') {
            return null;
        }
        boolean encoded = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                encoded = true;
            } else if (!isPlain(c)) {
                return null;
            }
        }
        String plain = encoded ? decode(path) : path;
        return plain == null || hasOddSegment(plain) ? null : plain;
    }

    /** Visible ASCII without what ends, cuts or folds a path somewhere. */
    private static boolean isPlain(int c) {
        return c > ' ' && c < 127 && c != '\\' && c != ';' && c != '#' && c != '?';
    }

    /** An empty segment other than a trailing one, or a dot segment. */
    private static boolean hasOddSegment(String path) {
        int start = 1;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            int length = end - start;
            if (length == 0 && slash >= 0
                    || length == 1 && path.charAt(start) == '.'
                    || length == 2 && path.startsWith("..", start)) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private static @Nullable String decode(String path) {
        StringBuilder plain = new StringBuilder(path.length());
        int i = 0;
        while (i < path.length()) {
            if (path.charAt(i) != '%') {
                plain.append(path.charAt(i++));
                continue;
            }
            int octet = octet(path, i);
            if (octet < 0) {
                return null;
            }
            if (octet < 128) {
                if (octet == '/' || octet != ' ' && !isPlain(octet)) {
                    return null;
                }
                plain.append(octet == '%' ? "%25" : octet == ' ' ? "%20" : (char) octet);
                i += 3;
                continue;
            }
            int end = i;
            while (end < path.length() && path.charAt(end) == '%' && octet(path, end) >= 128) {
                end += 3;
            }
            if (!isUtf8(path, i, end)) {
                return null;
            }
            plain.append(path.substring(i, end).toUpperCase(Locale.ROOT));
            i = end;
        }
        String text = plain.toString();
        return isTwiceEncoded(text) ? null : text;
    }

    /** A decoded % before two hex digits would be decoded again by a careless reader. */
    private static boolean isTwiceEncoded(String text) {
        for (int at = text.indexOf("%25"); at >= 0; at = text.indexOf("%25", at + 3)) {
            if (octet(text, at + 2) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Overlong forms, with which dots and slashes were smuggled once, are no UTF-8. */
    private static boolean isUtf8(String path, int start, int end) {
        byte[] bytes = new byte[(end - start) / 3];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) octet(path, start + 3 * i);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .hasRemaining();
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** The value of the two hex digits after {@code at}, or -1. */
    private static int octet(String path, int at) {
        if (at + 2 >= path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
