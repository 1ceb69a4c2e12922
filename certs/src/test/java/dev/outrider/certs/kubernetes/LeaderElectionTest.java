package dev.outrider.certs.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.kubernetes.LeaderElection.Timing;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas, one Lease, and a clock of the test's own. */
class LeaderElectionTest {
    private static final String LEASE = Resource.LEASES.named("outrider-system", "outrider-ca");

    private final AtomicLong nanos = new AtomicLong();
    private FakeKubernetes kubernetes;
    private KubeApi api;
    private LeaderElection one;
    private LeaderElection two;

    @BeforeEach
    void start() throws IOException {
        kubernetes = FakeKubernetes.start();
        kubernetes.namespace("outrider-system", Map.of());
        api = kubernetes.api();
        one = election("one");
        two = election("two");
    }

    @AfterEach
    void stop() {
        api.close();
        kubernetes.close();
    }

    @Test
    void theFirstHoldsAndRenews() {
        one.step();
        two.step();
        pass(12);
        one.step();
        two.step();
        pass(12);

        assertThat(one.leads()).isFalse();
        one.step();
        two.step();
        assertThat(one.leads()).isTrue();
        assertThat(two.leads()).isFalse();
        assertThat(holder()).isEqualTo("one");
        assertThat(Fields.text(lease(), "spec", "renewTime"))
                .hasValue("2026-03-01T12:00:24.000000Z");
    }

    @Test
    void aSilentHolderIsReplacedWhenItsLeaseRanOut() {
        one.step();
        two.step();
        pass(14);
        two.step();
        assertThat(two.leads()).isFalse();
        assertThat(one.leads()).isFalse();
        pass(1);
        two.step();

        assertThat(two.leads()).isTrue();
        assertThat(Fields.number(lease(), "spec", "leaseTransitions")).hasValue(1L);
        one.step();
        assertThat(one.leads()).isFalse();
    }

    @Test
    void aHolderWithoutServerStopsLeadingBeforeAnotherMayBegin() {
        one.step();
        kubernetes.forbid("get", "leases");
        pass(9);
        one.step();
        assertThat(one.leads()).isTrue();
        pass(1);

        assertThat(one.leads()).isFalse();
    }

    @Test
    void resigningHandsOverAtOnce() {
        one.step();
        two.step();
        one.release();
        two.step();

        assertThat(one.leads()).isFalse();
        assertThat(two.leads()).isTrue();
    }

    @Test
    void whoBeginsToLeadIsToldSoOnce() {
        AtomicInteger taken = new AtomicInteger();
        one.onTaken(taken::incrementAndGet);
        one.step();
        pass(5);
        one.step();
        assertThat(taken).hasValue(1);
        pass(11);
        one.step();

        assertThat(taken).hasValue(2);
    }

    @Test
    void whoLosesTheRaceDoesNotLead() {
        // Both see no Lease; the second creation is a conflict.
        kubernetes.script(request -> {
            if (request.verb().equals("create")) {
                kubernetes.put(
                        LEASE,
                        Map.of(
                                "spec",
                                Map.of("holderIdentity", "other", "leaseDurationSeconds", 15)));
            }
            return null;
        });
        one.step();

        assertThat(one.leads()).isFalse();
        assertThat(holder()).isEqualTo("other");
    }

    @Test
    void itRunsByItselfAndResignsAtItsEnd() {
        Timing quick =
                new Timing(Duration.ofMinutes(9), Duration.ofMinutes(8), Duration.ofMinutes(1));
        LeaderElection running =
                LeaderElection.start(
                        api, "outrider-system", "outrider-ca", "three", quick, Instant::now);
        await().atMost(Duration.ofMinutes(1)).until(running::leads);
        running.close();

        assertThat(running.leads()).isFalse();
        assertThat(holder()).isEmpty();
    }

    private LeaderElection election(String identity) {
        Timing timing =
                new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
        return new LeaderElection(
                api,
                "outrider-system",
                "outrider-ca",
                identity,
                timing,
                () -> Instant.parse("2026-03-01T12:00:00Z").plusNanos(nanos.get()),
                nanos::get);
    }

    private void pass(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    private Map<String, @Nullable Object> lease() {
        return kubernetes.find(LEASE).orElseThrow();
    }

    private String holder() {
        return Fields.text(lease(), "spec", "holderIdentity").orElse("");
    }
}
