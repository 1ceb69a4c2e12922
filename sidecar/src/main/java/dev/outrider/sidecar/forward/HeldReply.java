package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The beginning of a gRPC response, kept while the end that says how the call went may be in the
 * same read: a unary call that failed usually is. Nothing is waited for, so streams lose no time.
 */
final class HeldReply {
    private static final int MOST = 16 * 1024;

    private final ResponseHead head;
    private final List<ByteBuf> chunks = new ArrayList<>(1);
    private int bytes;

    HeldReply(ResponseHead head) {
        this.head = head;
    }

    ResponseHead head() {
        return head;
    }

    List<ByteBuf> chunks() {
        return chunks;
    }

    /** Owns {@code chunk}; false if it is now too large to keep. */
    boolean add(ByteBuf chunk) {
        chunks.add(chunk);
        bytes += chunk.readableBytes();
        return bytes <= MOST;
    }

    void drop() {
        chunks.forEach(ByteBuf::release);
        chunks.clear();
    }
}
