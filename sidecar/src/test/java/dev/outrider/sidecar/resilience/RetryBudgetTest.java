package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.time.FakeTicker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private final FakeTicker ticker = new FakeTicker();
    private final RetryBudget budget = new RetryBudget(BudgetConfig.DEFAULTS, ticker);

    private int drain() {
        int taken = 0;
        while (budget.tryWithdraw()) {
            taken++;
        }
        return taken;
    }

    @Test
    void allowsTheFloorWithoutAnyRequest() {
        assertThat(drain()).isEqualTo(100);
        assertThat(budget.left()).isZero();
        assertThat(budget.refused()).isEqualTo(1);
    }

    @Test
    void allowsAFifthOfTheRequestsBesides() {
        for (int i = 0; i < 1000; i++) {
            budget.deposit();
        }
        assertThat(drain()).isEqualTo(300);
    }

    @Test
    void forgetsRequestsAndRetriesAfterTheWindow() {
        for (int i = 0; i < 1000; i++) {
            budget.deposit();
        }
        assertThat(drain()).isEqualTo(300);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(drain()).isEqualTo(100);
    }

    @Test
    void nothingIsAllowedWhenNothingIsConfigured() {
        RetryBudget none = new RetryBudget(new BudgetConfig(0, 0, Duration.ofSeconds(10)), ticker);
        none.deposit();
        assertThat(none.tryWithdraw()).isFalse();
    }

    @Test
    void isNeverOverdrawnByManyThreads() throws Exception {
        for (int round = 0; round < 100; round++) {
            RetryBudget shared = new RetryBudget(BudgetConfig.DEFAULTS, ticker);
            AtomicInteger taken = new AtomicInteger();
            Threads.race(
                    4,
                    _ -> {
                        for (int i = 0; i < 250; i++) {
                            shared.deposit();
                            if (shared.tryWithdraw()) {
                                taken.incrementAndGet();
                            }
                        }
                    });
            assertThat(taken.get()).as("round %d", round).isBetween(100, 300);
            assertThat(shared.left()).isEqualTo(300 - taken.get());
        }
    }
}
