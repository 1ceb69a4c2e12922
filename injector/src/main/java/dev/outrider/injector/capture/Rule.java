package dev.outrider.injector.capture;

import java.util.List;

/** When all matches hold, the action. */
record Rule(List<Match> matches, Action action) {
    Rule {
        matches = List.copyOf(matches);
    }

    static Rule when(Action action, Match... matches) {
        return new Rule(List.of(matches), action);
    }

    /** What becomes of a connection. */
    sealed interface Action {
        /** Back to the chain that jumped here; from a hooked one, left alone. */
        record Return() implements Action {}

        record Jump(Chain chain) implements Action {}

        /** To this port of this machine; the kernel remembers where it was going. */
        record Redirect(int port) implements Action {}
    }
}
