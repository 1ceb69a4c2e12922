package dev.outrider.sidecar.soak;

import java.io.IOException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes one call after the other, on one thread; after an exception it connects anew. */
interface Caller extends AutoCloseable {
    /** Bytes of a body that a sidecar keeps for another try. */
    int KEPT = 64 * 1024;

    /**
     * Makes a call and checks its answer.
     *
     * @throws IOException if it did not end well; {@link CallFailed} may say what excuses that
     */
    void call(RandomGenerator random) throws IOException;

    @Override
    void close() throws IOException;

    static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /**
     * What excuses a call that may not be repeated.
     *
     * @param proxyStatus what a sidecar says of the failure (RFC 9209)
     * @param sent how much of a body
     */
    static @Nullable Excuse ofPost(@Nullable String proxyStatus, int sent) {
        if (proxyStatus == null || !proxyStatus.startsWith("outrider;")) {
            return null;
        }
        if (proxyStatus.contains("\"upstream-reset\"")) {
            return Excuse.MAY_BE_DONE;
        }
        return proxyStatus.contains("\"upstream-refused\"") && sent > KEPT
                ? Excuse.TOO_LONG_TO_KEEP
                : null;
    }
}
