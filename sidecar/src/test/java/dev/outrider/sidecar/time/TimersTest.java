package dev.outrider.sidecar.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a real loop, since the wheel turns on it, and mostly a clock that a test moves. */
class TimersTest {
    private static final Duration TICK = Duration.ofMillis(5);

    private final EventLoop loop = new DefaultEventLoop();
    private final AtomicInteger fired = new AtomicInteger();

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void onLoop(Runnable work) {
        loop.submit(work).syncUninterruptibly();
    }

    /** Lets the wheel look at its clock at least twice more. */
    private void turns() throws InterruptedException {
        CountDownLatch turned = new CountDownLatch(1);
        loop.schedule(turned::countDown, 3 * TICK.toNanos(), TimeUnit.NANOSECONDS);
        turned.await();
    }

    @Test
    void firesNeverEarlyAndOnce() throws InterruptedException {
        FakeTicker ticker = new FakeTicker();
        Timers timers = new Timers(loop, ticker);
        Timers.Timer timer = new Timers.Timer(fired::incrementAndGet);
        onLoop(() -> timers.arm(timer, ticker.nanos() + Duration.ofMillis(100).toNanos()));
        ticker.advance(Duration.ofMillis(99));
        turns();
        assertThat(fired).hasValue(0);
        ticker.advance(Duration.ofMillis(1).plus(TICK));
        await().untilAtomic(fired, org.hamcrest.Matchers.is(1));
        ticker.advance(Duration.ofSeconds(10));
        turns();
        assertThat(fired).hasValue(1);
    }

    @Test
    void firesDeadlinesThatLieSeveralTurnsAhead() throws InterruptedException {
        FakeTicker ticker = new FakeTicker();
        Timers timers = new Timers(loop, ticker);
        Timers.Timer timer = new Timers.Timer(fired::incrementAndGet);
        onLoop(() -> timers.arm(timer, ticker.nanos() + Duration.ofSeconds(10).toNanos()));
        for (int i = 0; i < 9; i++) {
            ticker.advance(Duration.ofMillis(1100));
            turns();
            assertThat(fired).hasValue(0);
        }
        ticker.advance(Duration.ofMillis(200));
        await().untilAtomic(fired, org.hamcrest.Matchers.is(1));
    }

    @Test
    void takesMovesAndDisarming() throws InterruptedException {
        FakeTicker ticker = new FakeTicker();
        Timers timers = new Timers(loop, ticker);
        Timers.Timer moved = new Timers.Timer(fired::incrementAndGet);
        Timers.Timer off = new Timers.Timer(() -> fired.addAndGet(100));
        onLoop(() -> {
            timers.arm(moved, ticker.nanos() + TICK.toNanos());
            timers.arm(off, ticker.nanos() + TICK.toNanos());
            timers.arm(moved, ticker.nanos() + 100 * TICK.toNanos());
            timers.disarm(off);
            timers.disarm(off);
        });
        ticker.advance(TICK.multipliedBy(50));
        turns();
        assertThat(fired).hasValue(0);
        ticker.advance(TICK.multipliedBy(52));
        await().untilAtomic(fired, org.hamcrest.Matchers.is(1));
    }

    @Test
    void letsOneDeadlineArmAndDisarmOthersAndItself() throws InterruptedException {
        FakeTicker ticker = new FakeTicker();
        Timers timers = new Timers(loop, ticker);
        List<Timers.Timer> all = new ArrayList<>();
        Timers.Timer victim = new Timers.Timer(() -> fired.addAndGet(100));
        all.add(
                new Timers.Timer(() -> {
                    timers.disarm(victim);
                    if (fired.incrementAndGet() < 3) {
                        timers.arm(all.getFirst(), ticker.nanos());
                    }
                }));
        onLoop(() -> {
            timers.arm(all.getFirst(), ticker.nanos() + TICK.toNanos());
            timers.arm(victim, ticker.nanos() + TICK.toNanos());
        });
        for (int i = 0; i < 10; i++) {
            ticker.advance(TICK);
            turns();
        }
        assertThat(fired).hasValue(3);
    }

    @Test
    void turnsOnAfterDeadlineWhoseWorkFails() {
        Timers timers = new Timers(loop, Ticker.system());
        Timers.Timer failing =
                new Timers.Timer(() -> {
                    throw new IllegalStateException("on purpose");
                });
        Timers.Timer good = new Timers.Timer(fired::incrementAndGet);
        Timers.Timer later = new Timers.Timer(fired::incrementAndGet);
        onLoop(() -> {
            long now = System.nanoTime();
            timers.arm(failing, now);
            timers.arm(good, now);
            timers.arm(later, now + 20 * TICK.toNanos());
        });
        await().untilAtomic(fired, org.hamcrest.Matchers.is(2));
    }

    @Test
    void firesEachOfThousandDeadlinesAfterItsMoment() {
        Timers timers = new Timers(loop, Ticker.system());
        Random random = new Random(11);
        AtomicInteger early = new AtomicInteger();
        onLoop(() -> {
            for (int i = 0; i < 1000; i++) {
                long deadline = System.nanoTime() + random.nextLong(300_000_000L);
                timers.arm(
                        new Timers.Timer(() -> {
                            fired.incrementAndGet();
                            if (System.nanoTime() - deadline < 0) {
                                early.incrementAndGet();
                            }
                        }),
                        deadline);
            }
        });
        await().untilAtomic(fired, org.hamcrest.Matchers.is(1000));
        assertThat(early).as("seed 11").hasValue(0);
    }

    @Test
    void movesLazyTimerBothWays() throws InterruptedException {
        LazyTimer timer = new LazyTimer(loop, Ticker.system(), fired::incrementAndGet);
        long before = System.nanoTime();
        onLoop(() -> {
            timer.in(Duration.ofSeconds(100).toNanos());
            timer.in(Duration.ofMillis(20).toNanos());
            timer.in(Duration.ofMillis(60).toNanos());
        });
        await().untilAtomic(fired, org.hamcrest.Matchers.is(1));
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(60_000_000L);
        onLoop(() -> {
            timer.in(TICK.toNanos());
            timer.off();
        });
        turns();
        onLoop(() -> {
            timer.in(TICK.toNanos());
            timer.close();
        });
        turns();
        assertThat(fired).hasValue(1);
        onLoop(() -> timer.in(TICK.toNanos()));
        await().untilAtomic(fired, org.hamcrest.Matchers.is(2));
    }
}
