package dev.outrider.sidecar.time;

/**
 * A monotonic clock in nanoseconds with an arbitrary origin. Compare two readings by subtraction,
 * since they may wrap.
 */
@FunctionalInterface
public interface Ticker {
    long nanos();

    static Ticker system() {
        return System::nanoTime;
    }
}
