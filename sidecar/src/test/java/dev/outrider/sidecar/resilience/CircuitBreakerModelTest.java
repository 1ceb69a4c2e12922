package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories, against a breaker written plainly with a list of all calls. */
class CircuitBreakerModelTest {
    private static final BreakerConfig CONFIG =
            new BreakerConfig(
                    true,
                    0.5,
                    Duration.ofSeconds(10),
                    8,
                    6,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(15),
                    3);

    /** Time moves in whole slices of a second, so the model's window is exact. */
    private static final class Model {
        private record Call(long second, boolean failed) {}

        private final List<Call> calls = new ArrayList<>();
        private String state = "closed";
        private long now;
        private long until;
        private long lastIssued;
        private int inARow;
        private int round;
        private int left;
        private int succeeded;
        private int term;

        boolean acquire() {
            if (state.equals("open") && now >= until) {
                halfOpen(0);
            }
            if (state.equals("half-open") && left == 0 && now - lastIssued >= 5) {
                halfOpen(succeeded);
            }
            if (state.equals("half-open") && left > 0) {
                left--;
                lastIssued = now;
                return true;
            }
            return state.equals("closed");
        }

        private void halfOpen(int kept) {
            state = "half-open";
            term++;
            succeeded = kept;
            left = 3 - kept;
            lastIssued = now;
        }

        void end(int permitTerm, int result) {
            if (permitTerm != term) {
                return;
            }
            if (state.equals("closed") && result < 2) {
                calls.add(new Call(now, result == 1));
                inARow = result == 1 ? inARow + 1 : 0;
                long all = calls.stream().filter(c -> c.second > now - 10).count();
                long bad = calls.stream().filter(c -> c.second > now - 10 && c.failed).count();
                if (result == 1 && (inARow >= 6 || all >= 8 && bad * 2 >= all)) {
                    open(0);
                }
            } else if (state.equals("half-open")) {
                switch (result) {
                    case 0 -> succeeded++;
                    case 1 -> open(round + 1);
                    default -> left++;
                }
                if (state.equals("half-open") && succeeded == 3) {
                    state = "closed";
                    term++;
                    calls.clear();
                    inARow = 0;
                }
            }
        }

        private void open(int nextRound) {
            state = "open";
            term++;
            round = nextRound;
            until = now + Math.min(15, 5L << Math.min(4, round));
        }
    }

    private record Permit(long stamp, int term) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42, 99, 2026, 31337, 123456789})
    void behavesAsThePlainModelDoes(long seed) {
        Random random = new Random(seed);
        FakeTicker ticker = new FakeTicker();
        CircuitBreaker breaker = new CircuitBreaker("billing", CONFIG, ticker);
        Model model = new Model();
        List<Permit> out = new ArrayList<>();
        int failureShare = 50;
        for (int step = 0; step < 20_000; step++) {
            int dice = random.nextInt(100);
            if (step % 200 == 0) {
                failureShare = random.nextInt(101);
            }
            if (dice < 10) {
                int seconds = random.nextInt(4);
                ticker.advance(Duration.ofSeconds(seconds));
                model.now += seconds;
            } else if (dice < 55) {
                long stamp = breaker.tryAcquire();
                assertThat(stamp >= 0)
                        .as("seed %d step %d state %s", seed, step, model.state)
                        .isEqualTo(model.acquire());
                if (stamp >= 0) {
                    out.add(new Permit(stamp, model.term));
                }
            } else if (!out.isEmpty()) {
                Permit permit = out.remove(random.nextInt(out.size()));
                int result = end(breaker, permit, random, failureShare);
                if (result >= 0) {
                    model.end(permit.term, result);
                }
            }
            assertThat(breaker.state().word())
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(model.state);
        }
        assertThat(breaker.counts().opened()).as("seed %d", seed).isPositive();
    }

    /** 0 succeeded, 1 failed, 2 ignored, -1 lost. */
    private static int end(CircuitBreaker breaker, Permit permit, Random random, int failureShare) {
        int dice = random.nextInt(100);
        if (dice < 2) {
            return -1;
        }
        if (dice < 12) {
            breaker.ignored(permit.stamp);
            return 2;
        }
        if (random.nextInt(100) < failureShare) {
            breaker.failed(permit.stamp);
            return 1;
        }
        breaker.succeeded(permit.stamp);
        return 0;
    }
}
