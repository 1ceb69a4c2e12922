package dev.outrider.sidecar.forward;

import io.netty.buffer.ByteBuf;

/**
 * Watches the first line that a client sends as raw bytes: a request of HTTP among them would reach
 * the app past the filters, with identity headers of the client's own making. Its line says so
 * before it ends (RFC 9112, section 3), so nothing has to be held back: who breaks the connection
 * at once leaves the app with less than a line. On the client's loop.
 */
final class FirstLine {
    private static final String MARK = "HTTP/";

    /** No server takes a longer request line. */
    private static final int MOST = 64 * 1024;

    /** What the bytes are. */
    enum Verdict {
        UNDECIDED,
        HTTP,
        OTHER
    }

    private int length;
    private int matched;

    /** Looks at the next bytes, which stay as they are; not asked again after a verdict. */
    Verdict next(ByteBuf bytes) {
        for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
            byte c = bytes.getByte(i);
            boolean lineEnd = c == '\n' || c == '\r';
            if (lineEnd && length == 0) {
                // Servers skip empty lines before a request (RFC 9112, section 2.2).
                continue;
            }
            if (c == '\n' || ++length > MOST || isControl(c)) {
                return Verdict.OTHER;
            }
            matched = c == MARK.charAt(matched) ? matched + 1 : c == 'H' ? 1 : 0;
            if (matched == MARK.length()) {
                return Verdict.HTTP;
            }
        }
        return Verdict.UNDECIDED;
    }

    private static boolean isControl(byte c) {
        return c >= 0 && c < ' ' && c != '\r' && c != '\t' || c == 127;
    }
}
