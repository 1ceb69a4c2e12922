package dev.outrider.sidecar.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the first line that a client sends as raw bytes: a request of HTTP among them would
 * reach the app past the filters, with identity headers of the client's own making. It is held back
 * until it is complete, or can be no request line any more (RFC 9112, section 3). On the client's
 * loop.
 */
final class FirstLine {
    /** No server takes longer request lines, and nobody is made to hold more. */
    private static final int MOST = 64 * 1024;

    /** What the bytes are. */
    enum Verdict {
        UNDECIDED,
        HTTP,
        OTHER
    }

    private @Nullable ByteBuf held;

    /** Owns {@code bytes}. */
    Verdict add(ByteBuf bytes, ByteBufAllocator allocator) {
        ByteBuf all = held == null ? allocator.buffer(bytes.readableBytes()) : held;
        all.writeBytes(bytes);
        bytes.release();
        held = all;
        return judge(all);
    }

    /** What was held back; the caller owns it. */
    @Nullable ByteBuf take() {
        ByteBuf all = held;
        held = null;
        return all;
    }

    private static Verdict judge(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        // Servers skip empty lines before a request (RFC 9112, section 2.2).
        while (at < end && (in.getByte(at) == '\r' || in.getByte(at) == '\n')) {
            at++;
        }
        if (at == end) {
            return end - in.readerIndex() > MOST ? Verdict.HTTP : Verdict.UNDECIDED;
        }
        int lineEnd = in.indexOf(at, end, (byte) '\n');
        for (int i = at; i < (lineEnd < 0 ? end : lineEnd); i++) {
            byte c = in.getByte(i);
            if (c < ' ' && c != '\r' && c != '\t' && c >= 0 || c == 127) {
                return Verdict.OTHER;
            }
        }
        if (lineEnd < 0) {
            return end - at > MOST ? Verdict.HTTP : Verdict.UNDECIDED;
        }
        return saysHttp(in, at, lineEnd) ? Verdict.HTTP : Verdict.OTHER;
    }

    private static boolean saysHttp(ByteBuf in, int start, int end) {
        for (int i = start; i + 5 <= end; i++) {
            if (in.getByte(i) == 'H'
                    && in.getByte(i + 1) == 'T'
                    && in.getByte(i + 2) == 'T'
                    && in.getByte(i + 3) == 'P'
                    && in.getByte(i + 4) == '/') {
                return true;
            }
        }
        return false;
    }
}
