package dev.outrider.sidecar.soak;

import java.io.IOException;

/** An answer that had begun and did not end: nobody may try again what the client has seen of it. */
final class Cut extends IOException {
    private static final long serialVersionUID = 1;

    Cut(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }

    Cut(String message) {
        super(message);
    }
}
