package dev.outrider.sidecar.auth;

import java.nio.charset.StandardCharsets;

/**
 * A claim's text as it may stand in a header field. Whatever could end the field, separate it or
 * read differently to two readers becomes {@code %XX} of its UTF-8: controls, blanks, commas, all
 * beyond ASCII, and the percent sign itself. So two different texts never look the same, which
 * leaving characters out would not promise, and a reader gets the text back by decoding it as he
 * would a URL.
 */
public final class FieldText {
    private FieldText() {}

    /** The same object if nothing needs to be written otherwise. */
    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return encoded(text);
            }
        }
        return text;
    }

    private static String encoded(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(octet)) {
                out.append((char) octet);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(octet >> 4 & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(octet & 15, 16)));
            }
        }
        return out.toString();
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 127 && c != '%' && c != ',';
    }
}
