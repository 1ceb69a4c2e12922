package dev.outrider.sidecar.body;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that all bodies which are gathered at once may take together; shared by all loops. */
final class Room {
    private final AtomicLong left;

    Room(long bytes) {
        left = new AtomicLong(bytes);
    }

    /** Whether there were so many bytes; if so, they are taken. */
    boolean take(int bytes) {
        if (left.addAndGet(-bytes) >= 0) {
            return true;
        }
        left.addAndGet(bytes);
        return false;
    }

    void give(int bytes) {
        left.addAndGet(bytes);
    }

    long left() {
        return left.get();
    }
}
