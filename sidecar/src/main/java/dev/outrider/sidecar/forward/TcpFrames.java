package dev.outrider.sidecar.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Raw bytes between two sidecars, inside TLS with the ALPN id {@code outrider-tcp}: frames of four
 * bytes of length, in network order, and so many bytes; length 0 says that no more will come.
 *
 * <p>TLS 1.3 could say that with close_notify (RFC 8446, section 6.1), after which the other
 * direction goes on. But the OpenSSL engine answers a close_notify with its own and then sends
 * nothing more, so half-closing that way would cut off the answer. A bare FIN is no proof either:
 * anybody on the way can make one. A frame is proof, and what ends without it was broken off.
 */
final class TcpFrames {
    private static final int HEADER = 4;

    /** Takes what a frame carried. */
    interface Sink {
        void data(ByteBuf bytes);

        void end();

        void malformed(String why);
    }

    private int header;
    private int headerBytes;
    private int remaining;
    private boolean ended;

    /** Owns {@code in}; passes on slices of it. */
    void decode(ByteBuf in, Sink sink) {
        try {
            while (in.isReadable()) {
                if (ended) {
                    sink.malformed("bytes came after the end");
                    return;
                }
                if (remaining > 0) {
                    int length = Math.min(remaining, in.readableBytes());
                    remaining -= length;
                    sink.data(in.readRetainedSlice(length));
                } else {
                    header(in.readByte(), sink);
                }
            }
        } finally {
            in.release();
        }
    }

    private void header(byte next, Sink sink) {
        header = header << 8 | next & 0xff;
        headerBytes++;
        if (headerBytes < HEADER) {
            return;
        }
        headerBytes = 0;
        if (header < 0) {
            ended = true;
            sink.malformed("a frame says it has " + Integer.toUnsignedString(header) + " bytes");
        } else if (header == 0) {
            ended = true;
            sink.end();
        } else {
            remaining = header;
        }
    }

    /** What goes before so many bytes; 0 is the end. */
    static ByteBuf header(ByteBufAllocator allocator, int length) {
        return allocator.ioBuffer(HEADER).writeInt(length);
    }

    /** A decoder if a connection speaks frames. */
    static @Nullable TcpFrames of(boolean framed) {
        return framed ? new TcpFrames() : null;
    }
}
