package dev.outrider.sidecar;

import java.nio.charset.StandardCharsets;

/** Bytes for the wire, written down readably: see resources/corpus/README.md. */
final class WireText {
    private final String text;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private WireText(String text) {
        this.text = text;
    }

    static byte[] bytes(String text) {
        WireText wire = new WireText(text);
        wire.read(false);
        return wire.out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void read(boolean inBraces) {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') {
                escape();
            } else if (c == '{') {
                repeat();
            } else if (inBraces && c == '}') {
                return;
            } else {
                out.append(c);
            }
        }
    }

    private void escape() {
        char c = text.charAt(at++);
        switch (c) {
            case 'r' -> out.append('\r');
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case 's' -> out.append(' ');
            case 'x' -> {
                out.append((char) Integer.parseInt(text.substring(at, at + 2), 16));
                at += 2;
            }
            default -> out.append(c);
        }
    }

    /** What stands in the braces ends with its star and count. */
    private void repeat() {
        int start = out.length();
        read(true);
        int star = out.lastIndexOf("*");
        int times = Integer.parseInt(out.substring(star + 1));
        String piece = out.substring(start, star);
        out.setLength(start);
        out.repeat(piece, times);
    }
}
