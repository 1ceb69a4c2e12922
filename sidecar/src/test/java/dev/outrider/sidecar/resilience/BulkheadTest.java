package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BulkheadTest {
    private final List<String> granted = new ArrayList<>();

    private static Bulkhead bulkhead(int concurrent, int queued) {
        return new Bulkhead(
                "billing", new BulkheadConfig(concurrent, queued, Duration.ofSeconds(1)));
    }

    private Bulkhead.Waiter waiter(String name) {
        return new Bulkhead.Waiter(() -> granted.add(name));
    }

    @Test
    void refusesBeyondPlacesAndQueue() {
        Bulkhead bulkhead = bulkhead(1, 1);
        assertThat(bulkhead.enter(waiter("a"))).isEqualTo(Bulkhead.Entry.ENTERED);
        assertThat(bulkhead.enter(waiter("b"))).isEqualTo(Bulkhead.Entry.QUEUED);
        assertThat(bulkhead.enter(waiter("c"))).isEqualTo(Bulkhead.Entry.FULL);
        assertThat(bulkhead.refused()).isEqualTo(1);
        assertThat(granted).isEmpty();
    }

    @Test
    void handsThePlaceToTheLongestWaiting() {
        Bulkhead bulkhead = bulkhead(1, 2);
        assertThat(bulkhead.tryEnter()).isTrue();
        bulkhead.enter(waiter("a"));
        bulkhead.enter(waiter("b"));
        bulkhead.leave();
        assertThat(granted).containsExactly("a");
        assertThat(bulkhead.taken()).isEqualTo(1);
        bulkhead.leave();
        assertThat(granted).containsExactly("a", "b");
        bulkhead.leave();
        assertThat(bulkhead.taken()).isZero();
    }

    @Test
    void passesOverOneThatStoppedWaiting() {
        Bulkhead bulkhead = bulkhead(1, 2);
        assertThat(bulkhead.tryEnter()).isTrue();
        Bulkhead.Waiter a = waiter("a");
        bulkhead.enter(a);
        bulkhead.enter(waiter("b"));
        assertThat(bulkhead.cancel(a)).isTrue();
        assertThat(bulkhead.waiting()).isEqualTo(1);
        bulkhead.leave();
        assertThat(granted).containsExactly("b");
    }

    @Test
    void aGrantWinsOverALateCancel() {
        Bulkhead bulkhead = bulkhead(1, 1);
        assertThat(bulkhead.tryEnter()).isTrue();
        Bulkhead.Waiter a = waiter("a");
        bulkhead.enter(a);
        bulkhead.leave();
        assertThat(bulkhead.cancel(a)).isFalse();
        bulkhead.leave();
        assertThat(bulkhead.taken()).isZero();
    }

    @Test
    void cancelledCallsLeaveNothingInTheQueue() {
        Bulkhead bulkhead = bulkhead(1, 1);
        assertThat(bulkhead.tryEnter()).isTrue();
        for (int i = 0; i < 1000; i++) {
            Bulkhead.Waiter waiter = waiter("w");
            assertThat(bulkhead.enter(waiter)).isEqualTo(Bulkhead.Entry.QUEUED);
            assertThat(bulkhead.cancel(waiter)).isTrue();
        }
        assertThat(bulkhead.waiting()).isZero();
    }

    @Test
    void neverHoldsMoreThanItsPlacesAndWakesEveryWaiter() throws Exception {
        int places = 3;
        Bulkhead bulkhead = bulkhead(places, 4);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        Threads.race(
                8,
                thread -> {
                    for (int i = 0; i < 20_000; i++) {
                        if (enters(bulkhead, (i + thread) % 5 == 0)) {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            served.incrementAndGet();
                            inside.decrementAndGet();
                            bulkhead.leave();
                        }
                    }
                });
        assertThat(most.get()).isBetween(1, places);
        assertThat(served.get()).isPositive();
        assertThat(bulkhead.taken()).isZero();
        assertThat(bulkhead.waiting()).isZero();
    }

    /** Whether the caller has a place; one in a hurry cancels at once, and may lose that race. */
    private static boolean enters(Bulkhead bulkhead, boolean hurried) throws Exception {
        CountDownLatch grant = new CountDownLatch(1);
        Bulkhead.Waiter waiter = new Bulkhead.Waiter(grant::countDown);
        return switch (bulkhead.enter(waiter)) {
            case ENTERED -> true;
            case FULL -> false;
            case QUEUED -> {
                if (hurried && bulkhead.cancel(waiter)) {
                    yield false;
                }
                assertThat(grant.await(30, TimeUnit.SECONDS)).as("a lost wake-up").isTrue();
                yield true;
            }
        };
    }
}
