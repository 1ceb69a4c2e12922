package dev.outrider.sidecar.exchange;

/** Quoted strings of the two notations an error response needs. */
final class StructuredText {
    private StructuredText() {}

    /** A String of Structured Fields (RFC 9651, section 3.3.3): visible ASCII only. */
    static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c >= ' ' && c < 127 ? c : '?');
            }
        }
        out.append('"');
    }

    /** A string of JSON (RFC 8259, section 7). */
    static void json(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
