package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A whole replacement over simulated time. Workloads renew as early and as late as they may, and
 * learn of roots at once or as late as the distribution time allows; at each moment each accepts
 * each.
 */
class RootRotationTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration TTL = Duration.ofHours(24);
    private static final Duration DISTRIBUTION = Duration.ofHours(1);
    private static final Duration STEP = Duration.ofMinutes(20);

    private final SecureRandom random = new SecureRandom();
    private final List<Workload> workloads = new ArrayList<>();
    private final Upkeep upkeep =
            new Upkeep(TTL, DISTRIBUTION, JwtKeys.Schedule.DEFAULTS, Optional.empty());
    private AuthorityState state =
            upkeep.advanced(
                    AuthorityState.fresh(
                            Issuer.create("cluster.local", KeyAlgorithm.EC_P256, START, random)),
                    START,
                    random);

    /** What one workload holds; it renews at a part of its certificate's life. */
    private final class Workload {
        final double renewsAt;
        final Duration behind;
        X509Svid svid;
        TrustBundle bundle;
        List<TrustBundle> seen = new ArrayList<>();

        Workload(double renewsAt, Duration behind, Instant now) {
            this.renewsAt = renewsAt;
            this.behind = behind;
            this.svid = issued(now);
            this.bundle = state.bundle(now);
        }

        void live(Instant now) {
            seen.add(state.bundle(now));
            int late = (int) behind.dividedBy(STEP);
            bundle = seen.get(Math.max(0, seen.size() - 1 - late));
            Duration life = Duration.between(svid.notBefore(), svid.notAfter());
            Duration age = Duration.between(svid.notBefore(), now);
            if (age.toSeconds() >= life.toSeconds() * renewsAt) {
                svid = issued(now);
            }
        }

        private X509Svid issued(Instant now) {
            return state.authority(now, random)
                    .issue(RunningCa.WEB, KeyAlgorithm.EC_P256, List.of(), now, TTL);
        }
    }

    @Test
    void inEachPhaseEachAcceptsEach() throws Exception {
        Issuer old = state.issuer();
        for (double renewsAt : new double[] {0.5, 0.7, 0.99}) {
            workloads.add(new Workload(renewsAt, Duration.ZERO, START));
            workloads.add(new Workload(renewsAt, DISTRIBUTION.minus(STEP), START));
        }
        Set<X509Certificate> signers = new HashSet<>();
        Instant now = START;
        for (; now.isBefore(START.plus(Duration.ofHours(60))); now = now.plus(STEP)) {
            if (now.equals(START.plus(Duration.ofHours(3)))) {
                state = state.requested(true);
            }
            state = upkeep.advanced(state, now, random);
            for (Workload workload : workloads) {
                workload.live(now);
            }
            assertEachAcceptsEach(now);
            signers.add(state.signing(now).root());
        }

        assertThat(signers).hasSize(2);
        assertThat(state.rotation()).isEmpty();
        assertThat(state.issuer().root()).isNotEqualTo(old.root());
        assertThat(state.generation()).isEqualTo(1);
        assertThat(workloads)
                .allSatisfy(workload ->
                        assertThat(workload.bundle.roots()).containsExactly(state.issuer().root()));
    }

    @Test
    void aReplicaThatHearsNothingMoreStillDoesTheRightThing() throws Exception {
        state = upkeep.advanced(state.requested(true), START, random);
        RootRotation under = state.rotation().orElseThrow();
        AuthorityState deaf = state;
        state = upkeep.advanced(state, under.dropOld().plusSeconds(1), random);
        for (Instant now :
                List.of(START, under.signFrom(), under.dropOld(), under.dropOld().plus(TTL))) {
            X509Svid svid =
                    deaf.authority(now, random)
                            .issue(RunningCa.WEB, KeyAlgorithm.EC_P256, List.of(), now, TTL);
            TrustBundle others =
                    now.isBefore(under.dropOld()) ? deaf.bundle(now) : state.bundle(now);

            assertThat(SvidVerifier.verify(svid.chain(), others, now)).isEqualTo(RunningCa.WEB);
            assertThat(deaf.bundle(now).roots()).contains(state.issuer().root());
        }
    }

    @Test
    void aRootWaitsForThoseWhoHaveNotLearnedOfItButNotForEver() {
        RootRotation under =
                RootRotation.announce(
                        state.issuer().successor(START, random), START, DISTRIBUTION, TTL);
        Instant end = state.issuer().root().getNotAfter().toInstant();
        Instant late = under.signFrom().minusSeconds(60);

        assertThat(under.mayWait(START, DISTRIBUTION, end)).isFalse();
        assertThat(under.mayWait(late, DISTRIBUTION, end)).isTrue();
        assertThat(under.mayWait(under.signFrom(), DISTRIBUTION, end)).isFalse();
        assertThat(under.mayWait(late, DISTRIBUTION, under.dropOld())).isFalse();
        Duration step = RootRotation.step(DISTRIBUTION);
        int waits = 0;
        for (Instant now = late; under.mayWait(now, DISTRIBUTION, end); now = now.plus(step)) {
            under = under.postponed(step);
            waits++;
        }
        assertThat(Duration.between(START, under.signFrom()))
                .isBetween(DISTRIBUTION.multipliedBy(24), DISTRIBUTION.multipliedBy(25));
        assertThat(waits).isGreaterThan(90);
        assertThat(Duration.between(under.signFrom(), under.dropOld()))
                .isEqualTo(TTL.plus(RootRotation.MARGIN));
    }

    private void assertEachAcceptsEach(Instant now) throws Exception {
        for (Workload one : workloads) {
            for (Workload other : workloads) {
                SpiffeId accepted = SvidVerifier.verify(one.svid.chain(), other.bundle, now);
                assertThat(accepted).isEqualTo(RunningCa.WEB);
            }
        }
    }
}
