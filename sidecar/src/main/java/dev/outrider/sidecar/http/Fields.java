package dev.outrider.sidecar.http;

/** The character classes of header fields (RFC 9110, sections 5.1 and 5.5; RFC 9112, section 5). */
public final class Fields {
    public static final int CRLF = '\r' << 8 | '\n';
    static final int COLON_SPACE = ':' << 8 | ' ';

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

    /** A character of a field value: visible, space, tab or a byte above 127. */
    public static boolean isFieldValue(int c) {
        return c >= ' ' && c != 127 && c < 256 || c == '\t';
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
