package dev.outrider.sidecar.auth;

import java.io.IOException;

/**
 * A store is still being connected to for the first time, and nothing has gone wrong: no news for
 * whoever has read nothing yet.
 */
public final class NotConnectedYet extends IOException {
    private static final long serialVersionUID = 1L;

    public NotConnectedYet(Throwable cause) {
        super("redis: there is no connection yet", cause);
    }
}
