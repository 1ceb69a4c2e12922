package dev.outrider.sidecar.auth;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves a document that a test may change, break or hold back. */
final class FakeJwksSource implements JwksSource {
    final AtomicInteger fetches = new AtomicInteger();
    final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);
    volatile String document;
    volatile boolean broken;

    FakeJwksSource(String document) {
        this.document = document;
    }

    /** From now on each fetch needs a permit. */
    void hold() {
        gate.drainPermits();
    }

    @Override
    public Fetched fetch() throws IOException, InterruptedException {
        fetches.incrementAndGet();
        gate.acquire();
        if (broken) {
            throw new IOException("the CA is down");
        }
        return new Fetched(document, null);
    }
}
