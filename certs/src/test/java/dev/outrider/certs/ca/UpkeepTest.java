package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.TrustBundle;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is due when: nothing here has a clock, a file or a server. */
class UpkeepTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration TTL = Duration.ofHours(24);
    private static final Duration DISTRIBUTION = Duration.ofHours(1);

    private final SecureRandom random = new SecureRandom();
    private AuthorityState state;

    @BeforeEach
    void begin() {
        state = AuthorityState.fresh(issuer(NOW));
        state = at(NOW);
    }

    @Test
    void nothingDueGivesTheVerySameState() {
        assertThat(upkeep(Optional.empty()).advanced(state, NOW.plusSeconds(60), random))
                .isSameAs(state);
    }

    @Test
    void aRequestBeginsAReplacementWhoseTimesAreFixed() {
        Issuer old = state.issuer();
        state = state.requested(true);
        state = at(NOW);
        RootRotation under = state.rotation().orElseThrow();

        assertThat(state.rotationRequested()).isFalse();
        assertThat(under.signFrom()).isEqualTo(NOW.plus(DISTRIBUTION));
        assertThat(under.dropOld())
                .isEqualTo(NOW.plus(DISTRIBUTION).plus(TTL).plus(RootRotation.MARGIN));
        assertThat(state.signing(NOW)).isEqualTo(old);
        assertThat(state.signing(under.signFrom())).isEqualTo(under.next());
        assertThat(state.bundle(NOW).roots()).containsExactly(old.root(), under.next().root());
        assertThat(state.bundle(under.signFrom()).roots())
                .containsExactly(under.next().root(), old.root());
        assertThat(state.bundle(under.dropOld()).roots()).containsExactly(under.next().root());
        assertThat(state.authority(under.signFrom(), random).issuers())
                .isEqualTo(under.next().chain());
    }

    @Test
    void theSequenceGrowsWithEachChangeOfTheRoots() {
        long first = state.sequence(NOW);
        state = state.requested(true);
        state = at(NOW);
        RootRotation under = state.rotation().orElseThrow();
        long announced = state.sequence(NOW);
        long dropped = state.sequence(under.dropOld());
        AuthorityState finished = upkeep(Optional.empty()).advanced(state, under.dropOld(), random);

        assertThat(announced).isGreaterThan(first);
        assertThat(dropped).isGreaterThan(announced);
        assertThat(finished.rotation()).isEmpty();
        assertThat(finished.issuer().root()).isEqualTo(under.next().root());
        assertThat(finished.sequence(under.dropOld())).isGreaterThanOrEqualTo(dropped);
    }

    @Test
    void aRequestDuringAReplacementBeginsNoOther() {
        state = state.requested(true);
        state = at(NOW);
        RootRotation under = state.rotation().orElseThrow();
        state = state.requested(true);
        state = at(NOW.plusSeconds(60));

        assertThat(state.rotation()).contains(under);
        assertThat(state.rotationRequested()).isFalse();
        assertThatThrownBy(() -> state.requireRotatable())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("under way already")
                .hasMessageContaining(under.signFrom().toString());
    }

    @Test
    void aRootNearItsEndIsReplacedByItself() {
        Instant end = state.issuer().root().getNotAfter().toInstant();
        Instant early = end.minus(Duration.ofDays(400));
        state = at(early);
        assertThat(state.rotation()).isEmpty();
        state = at(end.minus(Duration.ofDays(360)));

        assertThat(state.rotation()).isPresent();
        assertThat(state.rotation().orElseThrow().dropOld()).isBefore(end);
    }

    @Test
    void certificatesOfALongerLifeThanTodaysAreWaitedFor() {
        Duration longer = Duration.ofDays(90);
        AuthorityState long1 =
                new Upkeep(longer, DISTRIBUTION, JwtKeys.Schedule.DEFAULTS, Optional.empty())
                        .advanced(state, NOW, random);
        AuthorityState under =
                upkeep(Optional.empty()).advanced(long1.requested(true), NOW, random);

        assertThat(under.rotation().orElseThrow().dropOld())
                .isEqualTo(NOW.plus(DISTRIBUTION).plus(longer).plus(RootRotation.MARGIN));
    }

    @Test
    void theIntermediateIsRenewedBelowWhicheverRootSigns() {
        Issuer old = state.issuer();
        Instant late = NOW.plus(Duration.ofDays(300));
        state = at(late);
        assertThat(state.issuer().root()).isEqualTo(old.root());
        assertThat(state.issuer().chain()).isNotEqualTo(old.chain());

        // A replacement that takes longer than an intermediate lives.
        Upkeep slow =
                new Upkeep(
                        Duration.ofDays(90),
                        Duration.ofDays(300),
                        JwtKeys.Schedule.DEFAULTS,
                        Optional.empty());
        AuthorityState announced = slow.advanced(state.requested(true), late, random);
        RootRotation under = announced.rotation().orElseThrow();
        AuthorityState signing = slow.advanced(announced, under.signFrom().plusSeconds(1), random);

        assertThat(signing.rotation().orElseThrow().next().root()).isEqualTo(under.next().root());
        assertThat(signing.rotation().orElseThrow().next().chain())
                .isNotEqualTo(under.next().chain());
    }

    @Test
    void aRenewalThatIsHandedOverIsTakenAtOnce() {
        Issuer renewed = without(state.issuer().renewed(NOW, random).orElseThrow());
        state = upkeep(Optional.of(renewed)).advanced(state, NOW, random);

        assertThat(state.rotation()).isEmpty();
        assertThat(state.issuer().chain()).isEqualTo(renewed.chain());
    }

    @Test
    void anotherRootThatIsHandedOverIsAnnouncedFirst() {
        Issuer old = state.issuer();
        Issuer given = without(issuer(NOW));
        Upkeep upkeep = upkeep(Optional.of(given));
        state = upkeep.advanced(state, NOW, random);
        RootRotation under = state.rotation().orElseThrow();
        assertThat(state.signing(NOW)).isEqualTo(old);
        assertThat(under.next()).isEqualTo(given);

        // Yet another one has to wait until this one is through.
        Issuer third = without(issuer(NOW));
        AuthorityState waiting = upkeep(Optional.of(third)).advanced(state, NOW, random);
        assertThat(waiting.rotation()).contains(under);
        AuthorityState through =
                upkeep(Optional.of(third)).advanced(waiting, under.dropOld(), random);
        assertThat(through.issuer()).isEqualTo(given);
        assertThat(through.rotation().orElseThrow().next()).isEqualTo(third);
    }

    @Test
    void whereAnotherHandsOverNoRootOfOurOwnIsMade() {
        Issuer given = without(state.issuer());
        Instant late = NOW.plus(Duration.ofDays(3600));
        AuthorityState next =
                upkeep(Optional.of(given)).advanced(state.requested(true), late, random);

        assertThat(next.rotation()).isEmpty();
        assertThat(next.rotationRequested()).isFalse();
    }

    @Test
    void whatCannotBeMendedIsSaid() {
        AuthorityState keyless = state.with(without(state.issuer()));
        Instant late = NOW.plus(Duration.ofDays(300));

        assertThat(upkeep(Optional.empty()).worries(state, late)).isEmpty();
        assertThat(upkeep(Optional.empty()).worries(keyless, late).toString())
                .contains("root-key.pem");
        assertThat(upkeep(Optional.of(keyless.issuer())).worries(keyless, late).toString())
                .contains("hands it over");
    }

    @Test
    void partsThatDoNotBelongTogetherAreRefused() {
        Issuer one = state.issuer();
        Issuer other = issuer(NOW);

        assertThatThrownBy(
                        () -> new Issuer(one.roots(), Optional.empty(), one.chain(), other.key()))
                .hasMessageContaining("the intermediate's key does not belong");
        assertThatThrownBy(
                        () -> new Issuer(other.roots(), Optional.empty(), one.chain(), one.key()))
                .hasMessageContaining("is not signed by");
        assertThatThrownBy(() -> new Issuer(one.roots(), other.rootKey(), one.chain(), one.key()))
                .hasMessageContaining("the root's key does not belong");
        assertThatThrownBy(
                        () -> {
                            List<X509Certificate> chain =
                                    state.authority(NOW, random)
                                            .issue(
                                                    RunningCa.WEB,
                                                    KeyAlgorithm.EC_P256,
                                                    List.of(),
                                                    NOW,
                                                    TTL)
                                            .chain();
                            new Issuer(one.roots(), Optional.empty(), chain, one.key());
                        })
                .hasMessageContaining("does not belong");
    }

    private AuthorityState at(Instant now) {
        return upkeep(Optional.empty()).advanced(state, now, random);
    }

    private static Upkeep upkeep(Optional<Issuer> handedOver) {
        return new Upkeep(TTL, DISTRIBUTION, JwtKeys.Schedule.DEFAULTS, handedOver);
    }

    private Issuer issuer(Instant now) {
        return Issuer.create("cluster.local", KeyAlgorithm.EC_P256, now, random);
    }

    /** As somebody else hands it over. */
    private static Issuer without(Issuer issuer) {
        TrustBundle roots = issuer.roots();
        return new Issuer(roots, Optional.empty(), issuer.chain(), issuer.key());
    }
}
