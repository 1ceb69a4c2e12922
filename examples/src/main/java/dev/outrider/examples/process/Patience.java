package dev.outrider.examples.process;

import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, with an end. */
public final class Patience {
    private static final Duration POLL = Duration.ofMillis(50);

    private final Ticker ticker;

    public Patience(Ticker ticker) {
        this.ticker = ticker;
    }

    /** A look at something that may not be there yet. */
    public interface Look<T> {
        Optional<T> look() throws Exception;
    }

    /**
     * Looks until there is something to see. An exception counts as nothing yet; the last one is
     * the cause when the time is over.
     *
     * @param what completes "waited 5 s in vain for"
     * @param pointless when true, waiting ends at once: what could have done it is gone
     */
    public <T> T await(String what, Duration longest, BooleanSupplier pointless, Look<T> look)
            throws InterruptedException, InVainException {
        long started = ticker.nanos();
        Exception last = null;
        do {
            try {
                Optional<T> seen = look.look();
                if (seen.isPresent()) {
                    return seen.get();
                }
                last = null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            Thread.sleep(POLL);
        } while (ticker.nanos() - started < longest.toNanos() && !pointless.getAsBoolean());
        Duration waited = Duration.ofNanos(ticker.nanos() - started);
        String why = last == null ? "" : " (last: " + last + ")";
        throw new InVainException(
                "waited %.1f s in vain for %s%s".formatted(waited.toMillis() / 1e3, what, why),
                last);
    }

    public <T> T await(String what, Duration longest, Look<T> look)
            throws InterruptedException, InVainException {
        return await(what, longest, () -> false, look);
    }

    /** What was waited for did not come. */
    public static final class InVainException extends Exception {
        private static final long serialVersionUID = 1;

        InVainException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
