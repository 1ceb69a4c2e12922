package dev.outrider.sidecar.soak;

import java.io.IOException;
import java.util.random.RandomGenerator;

/** Makes one call after the other, on one thread; after an exception it connects anew. */
interface Caller extends AutoCloseable {
    /**
     * Makes a call and checks its answer.
     *
     * @throws Cut if its answer had begun
     */
    void call(RandomGenerator random) throws IOException;

    @Override
    void close() throws IOException;

    static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
