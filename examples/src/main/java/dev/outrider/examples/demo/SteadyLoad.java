package dev.outrider.examples.demo;

import dev.outrider.examples.demo.Stage.Purchase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Shoppers that order one after the other, each on a virtual thread, until they are told to end.
 */
final class SteadyLoad implements AutoCloseable {
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<String> firstFailure = new AtomicReference<>("");
    private final List<Thread> shoppers = new ArrayList<>();
    private volatile boolean ending;

    /** How many orders got an answer, and how many of these were not good. */
    record Tally(long sent, long failed, String firstFailure) {}

    SteadyLoad(int count, Stage stage) {
        for (int i = 0; i < count; i++) {
            shoppers.add(Thread.ofVirtual().start(() -> shop(stage)));
        }
    }

    Tally tally() {
        return new Tally(sent.get(), failed.get(), firstFailure.get());
    }

    /** Lets everyone finish the order they are at. */
    Tally finish() throws InterruptedException {
        ending = true;
        for (Thread shopper : shoppers) {
            shopper.join();
        }
        return tally();
    }

    @Override
    public void close() {
        ending = true;
    }

    private void shop(Stage stage) {
        while (!ending) {
            try {
                Purchase purchase = stage.buy();
                if (!purchase.good()) {
                    fail(purchase.answer().status() + " " + purchase.answer().response().body());
                }
            } catch (IOException e) {
                fail(e.toString());
            } catch (InterruptedException e) {
                return;
            }
            sent.incrementAndGet();
        }
    }

    private void fail(String how) {
        failed.incrementAndGet();
        firstFailure.compareAndSet("", ", the first: " + how.strip());
    }
}
