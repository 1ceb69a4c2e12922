package dev.outrider.sidecar.auth;

/**
 * A claim's text as it may stand in a header field. Whatever could end the field, separate it or
 * read differently to two readers becomes {@code %XX} of its UTF-8: controls, blanks, commas, all
 * beyond ASCII, and the percent sign itself. So two different texts never look the same, which
 * leaving characters out would not promise, and a reader gets the text back by decoding it as he
 * would a URL.
 */
public final class FieldText {
    private static final String HEX = "0123456789ABCDEF";

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
        text.codePoints().forEach(point -> append(out, point));
        return out.toString();
    }

    /** The octets of UTF-8; a lone surrogate is written like any other, not replaced. */
    private static void append(StringBuilder out, int point) {
        if (point < 0x80) {
            if (isPlain(point)) {
                out.append((char) point);
            } else {
                octet(out, point);
            }
        } else if (point < 0x800) {
            octet(out, 0xc0 | point >> 6);
            octet(out, 0x80 | point & 0x3f);
        } else if (point < 0x10000) {
            octet(out, 0xe0 | point >> 12);
            octet(out, 0x80 | point >> 6 & 0x3f);
            octet(out, 0x80 | point & 0x3f);
        } else {
            octet(out, 0xf0 | point >> 18);
            octet(out, 0x80 | point >> 12 & 0x3f);
            octet(out, 0x80 | point >> 6 & 0x3f);
            octet(out, 0x80 | point & 0x3f);
        }
    }

    private static void octet(StringBuilder out, int octet) {
        out.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 15));
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 127 && c != '%' && c != ',';
    }
}
