package dev.outrider.sidecar.http;

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
 * octets in upper case (RFC 3986, section 6.2.2). {@link PathRules} may mend what is refused here,
 * for who then sends the mended path on. Pure.
 */
public final class SafePath {
    private static final String SLASH = "%2F";

    private SafePath() {}

    /** The normal form, the same object if it was normal, or null if the path is refused. */
    public static @Nullable String normalise(String path) {
        return normalise(path, PathRules.STRICT);
    }

    /** The normal form under rules that may mend some of it. */
    public static @Nullable String normalise(String path, PathRules rules) {
        if (path.equals("*")) {
            return path;
        }
        if (path.isEmpty() || path.charAt(0) != '/') {
            return null;
        }
        boolean encoded = false;
        boolean parameters = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                encoded = true;
            } else if (c == ';' && rules.parameters() != PathRules.Parameters.REFUSE) {
                parameters = true;
            } else if (!isPlain(c)) {
                return null;
            }
        }
        String plain = encoded ? decode(path, rules) : path;
        if (plain != null && parameters && rules.parameters() == PathRules.Parameters.DROP) {
            plain = withoutParameters(plain);
        }
        return plain == null || !hasOddSegment(plain)
                ? withSafeSlashes(plain, encoded)
                : resolve(plain, rules, encoded);
    }

    /** Visible ASCII without what ends, cuts or folds a path somewhere. */
    private static boolean isPlain(int c) {
        return c > ' ' && c < 127 && c != '\\' && c != ';' && c != '#' && c != '?';
    }

    /** An empty segment other than a trailing one, or a dot segment; parameters do not count. */
    private static boolean hasOddSegment(String path) {
        int start = 1;
        while (start <= path.length()) {
            int end = end(path, start);
            int length = nameEnd(path, start, end) - start;
            if (length == 0 && end > start
                    || length == 0 && end < path.length()
                    || isDots(path, start, length)) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private static boolean isDots(String path, int start, int length) {
        return length == 1 && path.charAt(start) == '.'
                || length == 2 && path.startsWith("..", start);
    }

    /** Where the segment ends: at a slash or with the path. */
    private static int end(String path, int start) {
        int slash = path.indexOf('/', start);
        return slash < 0 ? path.length() : slash;
    }

    /** Some apps cut the parameters off before they look for dots. */
    private static int nameEnd(String path, int start, int end) {
        int semicolon = path.indexOf(';', start);
        return semicolon < 0 || semicolon > end ? end : semicolon;
    }

    private static String withoutParameters(String path) {
        StringBuilder plain = new StringBuilder(path.length());
        int start = 1;
        while (start <= path.length()) {
            int end = end(path, start);
            plain.append('/').append(path, start, nameEnd(path, start, end));
            start = end + 1;
        }
        return plain.toString();
    }

    /** Takes out what is odd (RFC 3986, section 5.2.4), where the rules mend it. */
    private static @Nullable String resolve(String path, PathRules rules, boolean encoded) {
        StringBuilder plain = new StringBuilder(path.length());
        int start = 1;
        while (start <= path.length()) {
            int end = end(path, start);
            boolean last = end == path.length();
            int length = nameEnd(path, start, end) - start;
            if (isDots(path, start, length) && rules.resolveDots() && start + length == end) {
                if (length == 2) {
                    int above = plain.lastIndexOf("/");
                    if (above < 0) {
                        return null;
                    }
                    plain.setLength(above);
                }
                if (last) {
                    plain.append('/');
                }
            } else if (start == end && !last && rules.mergeSlashes()) {
                // Nothing of it is written.
            } else if (isDots(path, start, length) || length == 0 && !(start == end && last)) {
                return null;
            } else {
                plain.append('/').append(path, start, end);
            }
            start = end + 1;
        }
        return withSafeSlashes(plain.toString(), encoded);
    }

    /** Who decodes the slashes that were kept must find no odd segment either. */
    private static @Nullable String withSafeSlashes(@Nullable String path, boolean encoded) {
        return path != null
                        && encoded
                        && path.contains(SLASH)
                        && hasOddSegment(path.replace(SLASH, "/"))
                ? null
                : path;
    }

    private static @Nullable String decode(String path, PathRules rules) {
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
                String plainer = decoded(octet, rules);
                if (plainer == null) {
                    return null;
                }
                plain.append(plainer);
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
        return !rules.keepTwiceEncoded() && isTwiceEncoded(text) ? null : text;
    }

    /** What stands for an encoded octet of ASCII; null if it is refused. */
    private static @Nullable String decoded(int octet, PathRules rules) {
        return switch (octet) {
            case '%' -> "%25";
            case ' ' -> "%20";
            case '/' -> rules.keepEncodedSlashes() ? SLASH : null;
            case ';' -> rules.parameters() == PathRules.Parameters.KEEP ? "%3B" : null;
            default -> isPlain(octet) ? String.valueOf((char) octet) : null;
        };
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
