package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.time.Ticker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What every attempt asks of the guards of its destination, all of them content. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GuardsBenchmark {
    private final Ticker ticker = Ticker.system();
    private final CircuitBreaker breaker =
            new CircuitBreaker("billing", BreakerConfig.DEFAULTS, ticker);
    private final RetryBudget budget = new RetryBudget(BudgetConfig.DEFAULTS, ticker);
    private final Bulkhead bulkhead = new Bulkhead("billing", BulkheadConfig.DEFAULTS);

    @Benchmark
    public long breakerPermitThatSucceeds() {
        long permit = breaker.tryAcquire();
        breaker.succeeded(permit);
        return permit;
    }

    @Benchmark
    public boolean budgetDepositAndWithdrawal() {
        budget.deposit();
        return budget.tryWithdraw();
    }

    @Benchmark
    public boolean bulkheadThroughAndOut() {
        boolean entered = bulkhead.tryEnter();
        bulkhead.leave();
        return entered;
    }
}
