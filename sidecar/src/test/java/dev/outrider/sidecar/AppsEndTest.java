package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AppsEndTest {
    private final FakeTicker ticker = new FakeTicker();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();
    private Set<String> there = Set.of();
    private boolean unreadable;

    private AppsEnd apps(int wanted) {
        return new AppsEnd(this::now, told::get, wanted, ticker, ended::incrementAndGet);
    }

    private Set<String> now() throws IOException {
        if (unreadable) {
            throw new IOException("no proc");
        }
        return there;
    }

    private void pass(AppsEnd apps, Duration time) {
        Duration left = time;
        while (left.isPositive() && ended.get() == 0) {
            Duration wait = apps.run();
            ticker.advance(wait);
            left = left.minus(wait);
        }
    }

    @Test
    void neverEndsBeforeItHasSeenAnApp() {
        pass(apps(1), Duration.ofHours(1));
        assertThat(ended).hasValue(0);
    }

    @Test
    void endsFiveSecondsAfterTheLastProcess() {
        AppsEnd apps = apps(1);
        there = Set.of("a");
        pass(apps, Duration.ofHours(1));
        assertThat(ended).hasValue(0);
        there = Set.of();
        pass(apps, Duration.ofSeconds(4));
        assertThat(ended).hasValue(0);
        pass(apps, Duration.ofSeconds(2));
        assertThat(ended).hasValue(1);
    }

    @Test
    void aContainerThatIsStartedAgainIsWaitedFor() {
        AppsEnd apps = apps(1);
        there = Set.of("a");
        pass(apps, Duration.ofSeconds(1));
        there = Set.of();
        pass(apps, Duration.ofSeconds(4));
        there = Set.of("a, again");
        pass(apps, Duration.ofSeconds(1));
        there = Set.of();
        pass(apps, Duration.ofSeconds(4));
        assertThat(ended).hasValue(0);
    }

    @Test
    void waitsForAsManyContainersAsItIsTold() {
        AppsEnd apps = apps(2);
        there = Set.of("a");
        pass(apps, Duration.ofSeconds(1));
        there = Set.of();
        pass(apps, Duration.ofMinutes(10));
        assertThat(ended).hasValue(0);
        there = Set.of("b");
        pass(apps, Duration.ofSeconds(1));
        there = Set.of();
        pass(apps, Duration.ofSeconds(6));
        assertThat(ended).hasValue(1);
    }

    /** The kubelet tells of one that was gone before anybody looked. */
    @Test
    void aContainerThatNobodySawCountsWhenTheKubeletHasToldOfIt() {
        AppsEnd apps = apps(2);
        there = Set.of("a");
        told.set(1);
        pass(apps, Duration.ofSeconds(1));
        there = Set.of();
        pass(apps, Duration.ofMinutes(10));
        assertThat(ended).hasValue(0);
        told.set(2);
        pass(apps, Duration.ofSeconds(4));
        assertThat(ended).as("it may run still").hasValue(0);
        pass(apps, Duration.ofSeconds(2));
        assertThat(ended).hasValue(1);
    }

    @Test
    void whatCannotBeSeenHasNotEnded() {
        AppsEnd apps = apps(1);
        there = Set.of("a");
        pass(apps, Duration.ofSeconds(1));
        unreadable = true;
        pass(apps, Duration.ofMinutes(1));
        assertThat(ended).hasValue(0);
    }
}
