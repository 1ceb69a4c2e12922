package dev.outrider.sidecar.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** Bytes that a step of the accept path keeps until it knows whom they are for. */
final class HeldBytes {
    private ByteBuf held = Unpooled.EMPTY_BUFFER;

    /** Takes the bytes over. */
    void add(ByteBuf more, ByteBufAllocator allocator) {
        if (!held.isReadable()) {
            held.release();
            held = more;
            return;
        }
        try {
            if (held.writableBytes() < more.readableBytes()) {
                int size = held.readableBytes() + more.readableBytes();
                ByteBuf larger = allocator.buffer(2 * size).writeBytes(held);
                held.release();
                held = larger;
            }
            held.writeBytes(more);
        } finally {
            more.release();
        }
    }

    boolean isEmpty() {
        return !held.isReadable();
    }

    /** To look at, or to take a header from; it stays held. */
    ByteBuf peek() {
        return held;
    }

    /** Gives the bytes, perhaps none, to a new owner. */
    ByteBuf take() {
        ByteBuf taken = held;
        held = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    void release() {
        take().release();
    }
}
