package dev.outrider.sidecar.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutliersTest {
    private final FakeTicker ticker = new FakeTicker();
    private final Outliers outliers = new Outliers(OutlierConfig.DEFAULTS, ticker);

    private Members members(int count) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            endpoints.add(new Endpoint("10.0.0." + i, 80));
        }
        return Members.none(BalanceConfig.DEFAULTS, ticker).update(new EndpointSet(1, endpoints));
    }

    private boolean fail(Members members, int index, int times) {
        boolean ejected = false;
        for (int i = 0; i < times; i++) {
            ejected |= outliers.failed(members, members.all().get(index));
        }
        return ejected;
    }

    @Test
    void ejectsAfterFailuresInARowOnly() {
        Members members = members(3);
        Member member = members.all().getFirst();
        assertThat(fail(members, 0, 4)).isFalse();
        outliers.succeeded(member);
        assertThat(fail(members, 0, 4)).isFalse();
        assertThat(fail(members, 0, 1)).isTrue();
        assertThat(member.ejected(ticker.nanos())).isTrue();
        assertThat(outliers.ejected()).isEqualTo(1);
    }

    @Test
    void letsAMemberBackAndEjectsItLongerNextTime() {
        Members members = members(3);
        Member member = members.all().getFirst();
        for (int round = 1; round <= 12; round++) {
            assertThat(fail(members, 0, 5)).isTrue();
            ticker.advance(Duration.ofSeconds(Math.min(300, 30 * round)).minusNanos(1));
            assertThat(member.ejected(ticker.nanos())).as("round %d", round).isTrue();
            ticker.advance(Duration.ofNanos(1));
            assertThat(member.ejected(ticker.nanos())).as("round %d", round).isFalse();
        }
    }

    @Test
    void forgetsEarlierEjectionsAfterAGoodStretch() {
        Members members = members(3);
        Member member = members.all().getFirst();
        fail(members, 0, 5);
        ticker.advance(Duration.ofSeconds(61));
        outliers.succeeded(member);
        assertThat(member.ejections()).isZero();
    }

    @Test
    void leavesHalfOfThemIn() {
        Members members = members(4);
        for (int i = 0; i < 4; i++) {
            fail(members, i, 50);
        }
        assertThat(members.all().stream().filter(m -> m.ejected(ticker.nanos()))).hasSize(2);
        Members alone = members(1);
        assertThat(fail(alone, 0, 50)).isFalse();
    }

    @Test
    void leavesHalfOfThemInWhenManyThreadsEject() throws Exception {
        for (int round = 0; round < 100; round++) {
            Members members = members(8);
            try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    int index = i;
                    running.add(pool.submit(() -> fail(members, index, 20)));
                }
                for (Future<?> each : running) {
                    each.get(30, TimeUnit.SECONDS);
                }
            }
            long ejected = members.all().stream().filter(m -> m.ejected(ticker.nanos())).count();
            assertThat(ejected).as("round %d", round).isBetween(1L, 4L);
        }
    }

    @Test
    void ejectsNobodyWhenDisabled() {
        OutlierConfig off =
                new OutlierConfig(false, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), 1);
        Members members = members(2);
        assertThat(new Outliers(off, ticker).failed(members, members.all().getFirst())).isFalse();
    }
}
