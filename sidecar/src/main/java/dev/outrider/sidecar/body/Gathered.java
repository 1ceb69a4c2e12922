package dev.outrider.sidecar.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * A copy of what has come of a body, up to a limit. It takes its place as bytes come and not as a
 * head announces them, so that nobody takes much by sending little.
 */
final class Gathered {
    private static final int FIRST = 4096;
    private static final byte[] NOTHING = {};

    private final Room room;
    private final int most;
    private byte[] bytes = NOTHING;
    private int length;
    private boolean freed;

    Gathered(Room room, int most) {
        this.room = room;
        this.most = most;
    }

    /** What became of a chunk. */
    enum Added {
        YES,
        /** It is more than the limit. */
        TOO_LARGE,
        /** Others take all the room there is, or its own was given back. */
        NO_ROOM
    }

    /** Copies the chunk, which stays the caller's; all of it or nothing. */
    Added add(ByteBuf chunk) {
        int size = chunk.readableBytes();
        if (freed) {
            return Added.NO_ROOM;
        }
        if (size > most - length) {
            return Added.TOO_LARGE;
        }
        if (size > bytes.length - length) {
            long wanted = Math.max(Math.max(FIRST, 2L * bytes.length), (long) length + size);
            int capacity = (int) Math.min(most, wanted);
            if (!room.take(capacity - bytes.length)) {
                return Added.NO_ROOM;
            }
            bytes = Arrays.copyOf(bytes, capacity);
        }
        chunk.getBytes(chunk.readerIndex(), bytes, length, size);
        length += size;
        return Added.YES;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** What has come, as a buffer of its own. */
    ByteBuf buffer() {
        return Unpooled.wrappedBuffer(bytes, 0, length);
    }

    /** Gives its place back; may be called again. */
    void free() {
        freed = true;
        room.give(bytes.length);
        bytes = NOTHING;
        length = 0;
    }
}
