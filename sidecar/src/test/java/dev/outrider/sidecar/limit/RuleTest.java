package dev.outrider.sidecar.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RuleTest {
    private static final int REQUESTS = 400;

    static Stream<Arguments> cases() {
        return Stream.of(Algorithm.values())
                .flatMap(algorithm ->
                        IntStream.range(0, 40).mapToObj(seed -> Arguments.of(algorithm, seed)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void admitsWhatItsDefinitionAdmitsAndNothingElse(Algorithm algorithm, int seed) {
        RandomRules drawn = new RandomRules(seed);
        Rule rule = drawn.rule(algorithm);
        Reference reference = new Reference(rule);
        // Only the sliding counter may refuse what its definition admits: by one step of its share.
        long slack =
                rule instanceof SlidingCounter
                        ? Rule.ceil(rule.windowMicros(), SlidingCounter.STEPS)
                                + rule.windowMicros() / SlidingCounter.STEPS
                        : 0;
        Cell cell = new Cell();
        long now = RandomRules.START;
        for (int i = 0; i < REQUESTS; i++) {
            now += drawn.gap(rule);
            int cost = drawn.cost(rule);
            rule.roll(cell, now);
            if (rule.wait(cell, now, cost) == 0) {
                assertThat(reference.fits(now, cost)).as("admitted at %d", i).isTrue();
                rule.charge(cell, now, cost);
                reference.admit(now, cost);
            } else {
                assertThat(reference.fits(now, cost, slack)).as("refused at %d", i).isFalse();
            }
            assertThat(rule.remaining(cell, now)).isBetween(0L, rule.limit());
        }
        assertBound(rule, reference);
    }

    /** What docs/rate-limits.md says of any stretch of a window's length, wherever it begins. */
    private static void assertBound(Rule rule, Reference reference) {
        long most = reference.mostInAnyWindow(rule.windowMicros());
        switch (rule) {
            case SlidingLog it -> assertThat(most).isLessThanOrEqualTo(it.limit());
            case FixedWindow it -> assertThat(most).isLessThanOrEqualTo(2 * it.limit());
            case SlidingCounter it -> assertThat(most).isLessThanOrEqualTo(2 * it.limit());
            case Bucket it ->
                    assertThat(most)
                            .isLessThanOrEqualTo(
                                    it.limit() + it.windowMicros() * it.gain() / it.unit());
            case Lease _, Denial _ -> throw new AssertionError("no algorithm: " + rule);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysToTheMicrosecondWhenTheRequestFits(Algorithm algorithm, int seed) {
        RandomRules drawn = new RandomRules(1000 + seed);
        Rule rule = drawn.rule(algorithm);
        Cell cell = new Cell();
        long now = RandomRules.START;
        int refusals = 0;
        for (int i = 0; i < REQUESTS; i++) {
            now += drawn.gap(rule);
            int cost = drawn.cost(rule);
            rule.roll(cell, now);
            long wait = rule.wait(cell, now, cost);
            if (wait == 0) {
                rule.charge(cell, now, cost);
                continue;
            }
            refusals++;
            if (wait > 1) {
                rule.roll(cell, now + wait - 1);
                assertThat(rule.wait(cell, now + wait - 1, cost)).isEqualTo(1);
            }
            now += wait;
            rule.roll(cell, now);
            assertThat(rule.wait(cell, now, cost)).isZero();
            rule.charge(cell, now, cost);
        }
        assertThat(refusals).isPositive();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysWhenTheWholeQuotaIsThereAgain(Algorithm algorithm, int seed) {
        RandomRules drawn = new RandomRules(2000 + seed);
        Rule rule = drawn.rule(algorithm);
        Cell cell = new Cell();
        long now = RandomRules.START;
        for (int i = 0; i < REQUESTS; i++) {
            now += drawn.gap(rule);
            rule.roll(cell, now);
            if (rule.wait(cell, now, 1) == 0) {
                rule.charge(cell, now, 1);
            }
        }
        rule.charge(cell, now, 1);
        long reset = rule.reset(cell, now);
        assertThat(reset).isPositive();
        rule.roll(cell, now + reset);
        assertThat(rule.remaining(cell, now + reset)).isEqualTo(rule.limit());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRefundIsAsIfNothingHadBeenCharged(Algorithm algorithm, int seed) {
        RandomRules drawn = new RandomRules(3000 + seed);
        Rule rule = drawn.rule(algorithm);
        Cell cell = new Cell();
        long now = RandomRules.START;
        for (int i = 0; i < REQUESTS; i++) {
            now += drawn.gap(rule);
            int cost = drawn.cost(rule);
            rule.roll(cell, now);
            long left = rule.remaining(cell, now);
            long wait = rule.wait(cell, now, cost);
            if (wait == 0) {
                rule.charge(cell, now, cost);
                if (drawn.random().nextBoolean()) {
                    rule.refund(cell, now, cost);
                    assertThat(rule.remaining(cell, now)).isEqualTo(left);
                    assertThat(rule.wait(cell, now, cost)).isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void timeThatGoesBackAdmitsNoMore(Algorithm algorithm, int seed) {
        RandomRules drawn = new RandomRules(4000 + seed);
        Rule rule = drawn.rule(algorithm);
        Cell cell = new Cell();
        long now = RandomRules.START;
        long latest = 0;
        Reference reference = new Reference(rule);
        for (int i = 0; i < REQUESTS; i++) {
            now += drawn.gap(rule);
            if (drawn.random().nextInt(10) == 0) {
                now -= drawn.random().nextLong(rule.windowMicros());
            }
            latest = Math.max(latest, now);
            rule.roll(cell, now);
            if (rule.wait(cell, now, 1) == 0) {
                rule.charge(cell, now, 1);
                assertThat(reference.fits(latest, 1)).isTrue();
                reference.admit(latest, 1);
            }
        }
    }

    @Test
    void theHundredAndFirstOfAMinuteIsRefused() {
        Rule rule = new FixedWindow(100, 60_000_000);
        Cell cell = new Cell();
        long minute = RandomRules.START - RandomRules.START % 60_000_000;
        for (int i = 0; i < 100; i++) {
            rule.roll(cell, minute + i);
            assertThat(rule.wait(cell, minute + i, 1)).isZero();
            rule.charge(cell, minute + i, 1);
        }
        rule.roll(cell, minute + 59_999_999);
        assertThat(rule.wait(cell, minute + 59_999_999, 1)).isEqualTo(1);
        rule.roll(cell, minute + 60_000_000);
        assertThat(rule.wait(cell, minute + 60_000_000, 1)).isZero();
    }

    @Test
    void refusesNumbersThatLuaWouldRound() {
        assertThatThrownBy(() -> Bucket.of(1_000_000, 999_983, 86_400_000_000L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rounder quota");
        assertThat(Bucket.of(1_000_000, 1_000_000, 86_400_000_000L).unit()).isEqualTo(86_400);
    }
}
