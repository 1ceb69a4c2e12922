package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Refuses calls to a destination that keeps failing. Shared by all loops, without locks: the state
 * is one {@link Term}, replaced by CAS.
 *
 * <p>A caller that gets a permit must end it exactly once, as succeeded, failed or ignored (the
 * caller went away, or the attempt never left: it says nothing of the destination). Only a failure
 * opens the breaker. A half-open probe that is ignored gives its place back, and one that never
 * ends is written off after {@code openFor}, so that a lost permit cannot wedge it.
 */
public final class CircuitBreaker {
    /** What {@link #tryAcquire} returns for a refused call. */
    public static final long REFUSED = -1;

    /** Told of each change of state, on the thread whose call made it; must be quick. */
    @FunctionalInterface
    public interface Listener {
        void changed(CircuitBreaker breaker, BreakerState from, BreakerState to);
    }

    private final String name;
    private final BreakerConfig config;
    private final Ticker ticker;
    private final Listener listener;
    private final AtomicReference<Term> term;
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder ignored = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder opened = new LongAdder();

    public CircuitBreaker(String name, BreakerConfig config, Ticker ticker) {
        this(name, config, ticker, (_, _, _) -> {});
    }

    public CircuitBreaker(String name, BreakerConfig config, Ticker ticker, Listener listener) {
        this.name = name;
        this.config = config;
        this.ticker = ticker;
        this.listener = listener;
        this.term = new AtomicReference<>(closed(0));
    }

    public String name() {
        return name;
    }

    /** A permit, or {@link #REFUSED} (the only negative result). */
    public long tryAcquire() {
        while (true) {
            switch (term.get()) {
                case Term.Closed closed -> {
                    return closed.generation();
                }
                case Term.ForcedClosed forced -> {
                    return forced.generation();
                }
                case Term.ForcedOpen _ -> {
                    return refuse();
                }
                case Term.Open open -> {
                    long now = ticker.nanos();
                    if (now - open.untilNanos() < 0) {
                        return refuse();
                    }
                    probe(open, 0, open.round(), now);
                }
                case Term.HalfOpen half -> {
                    long now = ticker.nanos();
                    if (half.probes().take(now)) {
                        return half.generation();
                    }
                    if (now - half.probes().lastIssuedNanos() < config.openFor().toNanos()) {
                        return refuse();
                    }
                    // Probes are out and lost: those that are missing are issued anew.
                    probe(half, half.probes().succeeded(), half.round(), now);
                }
            }
        }
    }

    public void succeeded(long permit) {
        succeeded.increment();
        Term current = term.get();
        if (current.generation() != permit) {
            return;
        }
        switch (current) {
            case Term.Closed closed -> {
                closed.window().at(ticker.nanos()).all.increment();
                if (closed.failuresInARow().get() != 0) {
                    closed.failuresInARow().set(0);
                }
            }
            case Term.HalfOpen half -> {
                if (half.probes().succeed()) {
                    become(half, closed(half.generation() + 1));
                }
            }
            case Term.Open _, Term.ForcedOpen _, Term.ForcedClosed _ -> {}
        }
    }

    public void failed(long permit) {
        failed.increment();
        Term current = term.get();
        if (current.generation() != permit) {
            return;
        }
        switch (current) {
            case Term.Closed closed -> {
                long now = ticker.nanos();
                SlidingWindow.Slice slice = closed.window().at(now);
                slice.all.increment();
                slice.marked.incrementAndGet();
                int inARow = closed.failuresInARow().incrementAndGet();
                if (config.enabled() && (tooMany(inARow) || tooBad(closed.window(), now))) {
                    open(closed, 0, now);
                }
            }
            case Term.HalfOpen half -> open(half, half.round() + 1, ticker.nanos());
            case Term.Open _, Term.ForcedOpen _, Term.ForcedClosed _ -> {}
        }
    }

    public void ignored(long permit) {
        ignored.increment();
        if (term.get() instanceof Term.HalfOpen half && half.generation() == permit) {
            half.probes().giveBack();
        }
    }

    /** How long a refused caller had better wait; zero when calls pass. */
    public Duration retryAfter() {
        long nanos =
                switch (term.get()) {
                    case Term.Closed _, Term.ForcedClosed _ -> 0;
                    case Term.ForcedOpen _ -> config.openFor().toNanos();
                    case Term.Open open -> open.untilNanos() - ticker.nanos();
                    case Term.HalfOpen half ->
                            half.probes().left() > 0
                                    ? 0
                                    : half.probes().lastIssuedNanos()
                                            + config.openFor().toNanos()
                                            - ticker.nanos();
                };
        return Duration.ofNanos(Math.max(0, nanos));
    }

    /** An open breaker whose time is over shows as open until a call comes to probe. */
    public BreakerState state() {
        return term.get().view();
    }

    public BreakerCounts counts() {
        return new BreakerCounts(
                succeeded.sum(), failed.sum(), ignored.sum(), refused.sum(), opened.sum());
    }

    /** Refuses all calls until {@link #reset} or {@link #forceClose}. */
    public void forceOpen() {
        force(generation -> new Term.ForcedOpen(generation));
    }

    /** Lets all calls through until {@link #reset} or {@link #forceOpen}. */
    public void forceClose() {
        force(generation -> new Term.ForcedClosed(generation));
    }

    /** Closed, with nothing counted. */
    public void reset() {
        force(this::closed);
    }

    private void force(java.util.function.LongFunction<Term> next) {
        Term current;
        do {
            current = term.get();
        } while (!become(current, next.apply(current.generation() + 1)));
    }

    private boolean tooMany(int inARow) {
        return config.consecutiveFailures() > 0 && inARow >= config.consecutiveFailures();
    }

    private boolean tooBad(SlidingWindow window, long now) {
        long all = window.all(now);
        return all >= config.minimumRequests() && window.marked(now) >= config.failureRate() * all;
    }

    private void open(Term from, int round, long now) {
        Term next = new Term.Open(from.generation() + 1, now + config.openNanos(round), round);
        if (become(from, next)) {
            opened.increment();
        }
    }

    private void probe(Term from, int succeeded, int round, long now) {
        // At least one is issued: all may have succeeded a moment ago, and closing won or lost.
        int counted = Math.min(succeeded, config.probes() - 1);
        Term.Probes probes = new Term.Probes(config.probes(), counted, now);
        become(from, new Term.HalfOpen(from.generation() + 1, probes, round));
    }

    private boolean become(Term from, Term to) {
        if (!term.compareAndSet(from, to)) {
            return false;
        }
        if (from.getClass() != to.getClass()) {
            listener.changed(this, from.view(), to.view());
        }
        return true;
    }

    private Term closed(long generation) {
        SlidingWindow window = new SlidingWindow(config.window().toNanos(), ticker.nanos());
        return new Term.Closed(generation, window, new AtomicInteger());
    }

    private long refuse() {
        refused.increment();
        return REFUSED;
    }
}
