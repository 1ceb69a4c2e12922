package dev.outrider.sidecar.discover;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

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

    private final SequencedSet<Runnable> waiting = new LinkedHashSet<>();
    private final int most;
    private int underWay;

    LookupQueue(int most) {
        this.most = most;
    }

    /** Runs it as soon as there is room, which it keeps until {@link #leave}. */
    void enter(Runnable lookup) {
        if (underWay < most) {
            underWay++;
            lookup.run();
        } else {
            waiting.add(lookup);
        }
    }

    /** Whether it still waited; then it never runs. */
    boolean forget(Runnable lookup) {
        return waiting.remove(lookup);
    }

    void leave() {
        if (waiting.isEmpty()) {
            underWay--;
        } else {
            waiting.removeFirst().run();
        }
    }
}
