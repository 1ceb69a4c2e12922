package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventLoopLagTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void showsTheWorseOfTheLastTwoReadings() {
        AtomicLong now = new AtomicLong();
        EventLoopLag.Probe probe = new EventLoopLag.Probe(SECOND, now::get);
        now.addAndGet(SECOND);
        probe.run();
        assertThat(probe.seconds()).isZero();
        now.addAndGet(3 * SECOND);
        probe.run();
        assertThat(probe.seconds()).isEqualTo(2);
        now.addAndGet(SECOND);
        probe.run();
        assertThat(probe.seconds()).isEqualTo(2);
        now.addAndGet(SECOND);
        probe.run();
        assertThat(probe.seconds()).isZero();
    }
}
