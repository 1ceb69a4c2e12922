package dev.outrider.sidecar.soak;

import java.io.IOException;

/** An app on a port of loopback. One thread kills and restarts it. */
interface Killable extends AutoCloseable {
    int port();

    /** Closes the port and resets every connection. */
    void kill();

    /** Listens on the same port again. */
    void restart() throws IOException;

    @Override
    default void close() {
        kill();
    }
}
