package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The beginning of a gRPC response, kept while the end that says how the call went may follow: in
 * the same read, or, as long as only the head has come and a retry is possible, for a short time. A
 * unary call that failed has no message, so the first one lets it go.
 */
final class HeldReply {
    private static final int MOST = 16 * 1024;

    private final ResponseHead head;
    private final List<ByteBuf> chunks = new ArrayList<>(1);
    private int bytes;
    private boolean waiting;

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

    /** Whether a clock runs for it. */
    boolean waiting() {
        return waiting;
    }

    void waits() {
        waiting = true;
    }

    void drop() {
        chunks.forEach(ByteBuf::release);
        chunks.clear();
    }
}
