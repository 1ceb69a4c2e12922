package dev.outrider.sidecar.soak;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A call that did not end well. */
final class CallFailed extends IOException {
    private static final long serialVersionUID = 1;

    private final @Nullable Excuse excuse;

    /**
     * @param excuse what excuses it if an instance has died meanwhile, null if nothing does
     */
    CallFailed(@Nullable Excuse excuse, String message) {
        super(message);
        this.excuse = excuse;
    }

    CallFailed(Excuse excuse, IOException cause) {
        super(cause.toString(), cause);
        this.excuse = excuse;
    }

    @Nullable Excuse excuse() {
        return excuse;
    }
}
