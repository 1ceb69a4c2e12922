package dev.outrider.sidecar.limit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalStoreTest {
    private static final long MINUTE = 60_000_000;
    private static final long NOW = RandomRules.START - RandomRules.START % MINUTE;

    private final Random random = new Random(7);
    private final LocalStore store = new LocalStore(1000, random);
    private final Ask ask = new Ask(4);

    private Ask.Answer decide(LocalStore in, Rule rule, long key, long now) {
        ask.clear();
        ask.add(rule, scatter(key), scatter(~key), 1, false);
        return in.decide(ask, now);
    }

    /** Stands for the hash, whose halves are as good as random. */
    private static long scatter(long key) {
        long mixed = (key + 1) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
        return mixed ^ mixed >>> 29;
    }

    @Test
    void allQuotasAreChargedOrNone() {
        Rule wide = new FixedWindow(10, MINUTE);
        Rule narrow = new FixedWindow(2, MINUTE);
        for (int i = 0; i < 5; i++) {
            ask.clear();
            ask.add(wide, 1, 1, 1, false);
            ask.add(narrow, 2, 2, 1, false);
            Ask.Answer answer = store.decide(ask, NOW);
            assertThat(answer).isEqualTo(i < 2 ? Ask.Answer.ALLOWED : Ask.Answer.REFUSED);
        }
        assertThat(ask.tightest()).isEqualTo(1);
        assertThat(ask.remaining(0)).isEqualTo(8);
        assertThat(ask.wait(0)).isZero();
        assertThat(ask.remaining(1)).isZero();
        assertThat(ask.wait(1)).isEqualTo(MINUTE);
    }

    @Test
    void theTightestIsTheOneWithTheFewestRequestsLeft() {
        ask.clear();
        ask.add(new FixedWindow(100, MINUTE), 1, 1, 1, false);
        ask.add(new FixedWindow(50, MINUTE), 2, 2, 20, false);
        ask.add(new FixedWindow(10, MINUTE), 3, 3, 1, false);
        store.decide(ask, NOW);
        assertThat(ask.tightest()).isEqualTo(1);
    }

    @Test
    void aDryRunCountsAndNeverRefuses() {
        for (int i = 0; i < 3; i++) {
            ask.clear();
            ask.add(new FixedWindow(10, MINUTE), 1, 1, 1, false);
            ask.add(new FixedWindow(2, MINUTE), 2, 2, 1, true);
            assertThat(store.decide(ask, NOW)).isEqualTo(Ask.Answer.ALLOWED);
        }
        assertThat(ask.wait(1)).isEqualTo(MINUTE);
        assertThat(ask.remaining(0)).isEqualTo(7);
        assertThat(ask.tightest()).isZero();
    }

    @Test
    void aRefundGivesBackWhatWasCharged() {
        Rule rule = new SlidingLog(3, MINUTE);
        for (int i = 0; i < 3; i++) {
            assertThat(decide(store, rule, 1, NOW + i)).isEqualTo(Ask.Answer.ALLOWED);
        }
        store.refund(ask, NOW + 5);
        assertThat(decide(store, rule, 1, NOW + 6)).isEqualTo(Ask.Answer.ALLOWED);
        assertThat(decide(store, rule, 1, NOW + 7)).isEqualTo(Ask.Answer.REFUSED);
        store.refund(ask, NOW + 8);
        assertThat(decide(store, rule, 1, NOW + 9)).isEqualTo(Ask.Answer.REFUSED);
    }

    @Test
    void peekingChargesNothingAndForgettingForgets() {
        Rule rule = new FixedWindow(1, MINUTE);
        ask.clear();
        ask.add(rule, 1, 1, 1, false);
        store.peek(ask, NOW);
        assertThat(ask.remaining(0)).isEqualTo(1);
        store.decide(ask, NOW);
        store.peek(ask, NOW);
        assertThat(ask.remaining(0)).isZero();
        store.forget(1, 1);
        store.peek(ask, NOW);
        assertThat(ask.remaining(0)).isEqualTo(1);
    }

    /** Against a plain map that never forgets, with many more keys than the first size. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void remembersAsAMapWould(long seed) {
        RandomRules drawn = new RandomRules(seed);
        Rule[] rules = new Rule[6];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = drawn.rule();
        }
        Map<Integer, Cell> plain = new HashMap<>();
        LocalStore large = new LocalStore(5000, random);
        long now = NOW;
        for (int i = 0; i < 30_000; i++) {
            now += drawn.random().nextInt(4000);
            int key = drawn.random().nextInt(600);
            Rule rule = rules[key % rules.length];
            Cell cell = plain.computeIfAbsent(key, _ -> new Cell());
            rule.roll(cell, now);
            long wait = rule.wait(cell, now, 1);
            if (wait == 0) {
                rule.charge(cell, now, 1);
            }
            decide(large, rule, key, now);
            assertThat(ask.wait(0)).isEqualTo(wait);
            assertThat(ask.remaining(0)).isEqualTo(rule.remaining(cell, now));
            assertThat(ask.reset(0)).isEqualTo(rule.reset(cell, now));
        }
        assertThat(large.counts().evicted()).isZero();
    }

    @Test
    void staysWithinItsBoundAndCountsWhatItForgets() {
        Rule rule = new FixedWindow(5, MINUTE);
        for (int key = 0; key < 20_000; key++) {
            decide(store, rule, key, NOW);
        }
        LocalStore.Counts counts = store.counts();
        assertThat(counts.keys()).isBetween(1000L, 1250L);
        assertThat(counts.evicted()).isEqualTo(20_000 - counts.keys());
        assertThat(counts.evictedAtLimit()).isZero();
    }

    @Test
    void aFloodOfNewKeysDoesNotFreeThoseThatAreRefused() {
        Rule rule = new FixedWindow(2, MINUTE);
        for (int key = 0; key < 200; key++) {
            decide(store, rule, key, NOW);
            decide(store, rule, key, NOW);
        }
        for (int key = 1000; key < 50_000; key++) {
            decide(store, rule, key, NOW + 1);
        }
        for (int key = 0; key < 200; key++) {
            assertThat(decide(store, rule, key, NOW + 2)).isEqualTo(Ask.Answer.REFUSED);
        }
        assertThat(store.counts().evicted()).isPositive();
        assertThat(store.counts().evictedAtLimit()).isZero();
    }

    @Test
    void whenAllAreAtTheirLimitOneGoesAndIsCounted() {
        Rule rule = new FixedWindow(1, MINUTE);
        for (int key = 0; key < 2_000; key++) {
            decide(store, rule, key, NOW);
        }
        assertThat(store.counts().evictedAtLimit()).isEqualTo(2_000 - store.counts().keys());
    }

    @Test
    void whatIsOverMakesRoomWithoutBeingCounted() {
        Rule rule = new FixedWindow(1, MINUTE);
        for (int round = 0; round < 20; round++) {
            for (int key = 0; key < 900; key++) {
                decide(store, rule, 1000L * round + key, NOW + round * MINUTE);
            }
        }
        assertThat(store.counts().evicted()).isZero();
        assertThat(store.counts().keys()).isLessThanOrEqualTo(1250);
    }

    @Test
    void logsHaveABoundOfTheirOwn() {
        LocalStore small = new LocalStore(64, random);
        Rule rule = new SlidingLog(2_000, MINUTE);
        for (int i = 0; i < 1_000; i++) {
            for (int key = 0; key < 40; key++) {
                decide(small, rule, key, NOW + i);
            }
        }
        assertThat(small.counts().evicted()).isPositive();
        // A stripe keeps 80 stamps, or one log alone.
        assertThat(small.counts().keys()).isLessThanOrEqualTo(16 * 2);
    }

    @Test
    void loopsThatShareKeysAdmitExactlyTheQuota() throws Exception {
        int threads = 4;
        Rule mine = new FixedWindow(100_000, MINUTE);
        Rule shared = new FixedWindow(20_000, MINUTE);
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long own = scatter(t);
            boolean reverse = t % 2 == 0;
            tasks.add(() -> hammer(mine, own, shared, reverse));
        }
        int admitted = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (Future<Integer> each : pool.invokeAll(tasks)) {
                admitted += each.get();
            }
        }
        assertThat(admitted).isEqualTo(20_000);
        long charged = 0;
        for (int t = 0; t < threads; t++) {
            ask.clear();
            ask.add(mine, scatter(t), scatter(t), 1, false);
            store.peek(ask, NOW);
            charged += 100_000 - ask.remaining(0);
        }
        assertThat(charged).as("who was refused was not charged").isEqualTo(20_000);
    }

    /** Asks in both orders, which would hang if the stripes were taken in the order asked. */
    private int hammer(Rule mine, long own, Rule shared, boolean reverse) {
        Ask of = new Ask(2);
        int admitted = 0;
        for (int i = 0; i < 20_000; i++) {
            of.clear();
            if (reverse) {
                of.add(shared, 1, 1L << 61, 1, false);
                of.add(mine, own, own, 1, false);
            } else {
                of.add(mine, own, own, 1, false);
                of.add(shared, 1, 1L << 61, 1, false);
            }
            admitted += store.decide(of, NOW) == Ask.Answer.ALLOWED ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void aDecisionMakesNoGarbage() {
        Rule[] rules = {
            new FixedWindow(3, MINUTE), new SlidingCounter(3, MINUTE), Bucket.of(3, 7, MINUTE)
        };
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        decideOften(rules);
        long before = threads.getCurrentThreadAllocatedBytes();
        long nothing = threads.getCurrentThreadAllocatedBytes() - before;
        before = threads.getCurrentThreadAllocatedBytes();
        decideOften(rules);
        long made = threads.getCurrentThreadAllocatedBytes() - before - nothing;
        assertThat(made).isZero();
    }

    private void decideOften(Rule[] rules) {
        for (int i = 0; i < 2000; i++) {
            ask.clear();
            for (int r = 0; r < rules.length; r++) {
                ask.add(rules[r], i % 50, (long) r << 60, 1, false);
            }
            store.decide(ask, NOW + i);
        }
    }
}
