package dev.outrider.sidecar.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** A copy of what has come of a body, up to a limit. */
final class Gathered {
    private static final int FIRST = 4096;

    private final int most;
    private byte[] bytes;
    private int length;

    /**
     * @param expected how many bytes will come, negative if nobody knows
     */
    Gathered(int most, long expected) {
        this.most = most;
        this.bytes = new byte[(int) Math.min(most, expected < 0 ? FIRST : expected)];
    }

    /** Copies the chunk, which stays the caller's; false and nothing copied if it is too much. */
    boolean add(ByteBuf chunk) {
        int size = chunk.readableBytes();
        if (size > most - length) {
            return false;
        }
        if (size > bytes.length - length) {
            long room = Math.max(2L * bytes.length, (long) length + size);
            bytes = Arrays.copyOf(bytes, (int) Math.min(most, room));
        }
        chunk.getBytes(chunk.readerIndex(), bytes, length, size);
        length += size;
        return true;
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
}
