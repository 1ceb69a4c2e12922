package dev.outrider.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a connection that have come and that nobody has read yet. Owns them: what lets them
 * go while they are being read does so when their reader is back. On the loop.
 */
final class Unread {
    private @Nullable ByteBuf bytes;
    private boolean inUse;
    private boolean unwanted;

    boolean inUse() {
        return inUse;
    }

    /** They are being read, until {@link #done}. */
    void use() {
        inUse = true;
    }

    void done() {
        inUse = false;
        if (unwanted) {
            release();
        } else {
            releaseIfRead();
        }
    }

    /** Null if there are none. */
    @Nullable ByteBuf bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return bytes == null;
    }

    /** Owns {@code more}. */
    void add(ByteBufAllocator alloc, ByteBuf more) {
        ByteBuf before = bytes;
        if (before == null) {
            bytes = more;
            return;
        }
        ByteBuf both = alloc.ioBuffer(before.readableBytes() + more.readableBytes());
        both.writeBytes(before).writeBytes(more);
        before.release();
        more.release();
        bytes = both;
    }

    /** What is read must not be kept, and copied in front of what comes next. */
    void releaseIfRead() {
        if (bytes != null && !bytes.isReadable()) {
            bytes.release();
            bytes = null;
        }
    }

    void release() {
        unwanted = inUse;
        if (!inUse && bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
