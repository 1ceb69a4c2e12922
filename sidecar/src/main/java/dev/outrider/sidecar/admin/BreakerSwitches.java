package dev.outrider.sidecar.admin;

import java.util.List;

/** The circuit breakers, to look at and to force. */
public interface BreakerSwitches {
    List<BreakerView> list();

    /** Gives false when there is no breaker of that name. */
    boolean change(String name, Action action);

    /** What an operator may do to a breaker. */
    enum Action {
        FORCE_OPEN,
        FORCE_CLOSE,
        RESET
    }

    /**
     * One breaker.
     *
     * @param state in a word: closed, open, half-open, forced-open, forced-closed
     * @param calls calls in its window
     * @param failures failed ones among them
     * @param rejected calls it refused since the start
     */
    record BreakerView(String name, String state, long calls, long failures, long rejected) {}
}
