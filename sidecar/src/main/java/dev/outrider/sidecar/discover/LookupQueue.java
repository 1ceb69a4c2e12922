package dev.outrider.sidecar.discover;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets so many look-ups of a loop be under way at once; the others wait in order. It bounds what
 * look-ups hold in memory and the questions that name servers get at a time, however many names are
 * asked for in the same moment. Confined to the loop.
 */
public final class LookupQueue {
    /**
     * More than are made at the start unless that is set higher, so that one that is slow delays no
     * other then; each takes some 40 KB.
     */
    static final int MOST = 128;

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int underWay;

    LookupQueue() {}

    /** Runs it as soon as there is room, which it keeps until {@link #leave}. */
    void enter(Runnable lookup) {
        if (underWay < MOST) {
            underWay++;
            lookup.run();
        } else {
            waiting.add(lookup);
        }
    }

    void leave() {
        Runnable next = waiting.poll();
        if (next == null) {
            underWay--;
        } else {
            next.run();
        }
    }
}
