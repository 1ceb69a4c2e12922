package dev.outrider.sidecar;

/**
 * Whether a destination is in use. Who takes it leaves a mark, which one thread at a time looks at
 * and wipes off again and again: a request need not ask for the time. Either that thread sees the
 * mark of a request, or the request sees that the destination is gone.
 */
final class LastUse {
    private volatile boolean marked = true;
    private volatile boolean gone;

    /** When the last mark was wiped off; of the looking thread. */
    private long wipedNanos;

    /** Any thread; false if the destination is gone. */
    boolean take() {
        if (!marked) {
            marked = true;
        }
        return !gone;
    }

    /** Whether nobody has used it for so long; then nobody can take it any more. */
    boolean endsAfter(long longestNanos, long nowNanos) {
        if (wiped(nowNanos) || nowNanos - wipedNanos < longestNanos) {
            return false;
        }
        gone = true;
        if (wiped(nowNanos)) {
            gone = false; // who came meanwhile asks once more, and finds it
            return false;
        }
        return true;
    }

    private boolean wiped(long nowNanos) {
        if (!marked) {
            return false;
        }
        marked = false;
        wipedNanos = nowNanos;
        return true;
    }
}
