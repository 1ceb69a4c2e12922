package dev.outrider.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.X509Svid;
import dev.outrider.injector.TestAuthority;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When the webhook shows another certificate, by a clock that is set by hand. */
class CertificateKeeperTest {
    private static final Instant NOON = Instant.now();
    private static final Duration DAY = Duration.ofHours(24);

    private final TestAuthority old = new TestAuthority(NOON);
    private final TestAuthority young = new TestAuthority(NOON);
    private final Source source = new Source();
    private Optional<ApiServerTrust.Seen> seen = Optional.empty();
    private final CertificateKeeper keeper = new CertificateKeeper(source, () -> seen);

    /** Hands out what the test says. */
    private static final class Source implements CertificateSource {
        private @Nullable ServingCertificate newest;
        private List<X509Certificate> roots = List.of();
        private @Nullable String broken;

        @Override
        public ServingCertificate newest(@Nullable ServingCertificate known, Instant now)
                throws IOException {
            if (broken != null) {
                throw new IOException(broken);
            }
            return Objects.requireNonNull(newest);
        }

        @Override
        public List<X509Certificate> roots(Instant now) {
            return roots;
        }
    }

    @Test
    void theFirstIsShownAtOnceAndReadyWhenTheApiServerTrustsIt() {
        assertThat(keeper.unready(NOON))
                .hasValueSatisfying(why -> assertThat(why).contains("no certificate yet"));

        hand(old, NOON);
        keeper.look(NOON);

        assertThat(keeper.shown()).isEqualTo(source.newest);
        assertThat(keeper.roots()).isEqualTo(old.roots());
        assertThat(keeper.unready(NOON)).as("nothing is known of the API server").isEmpty();
        trust(NOON, young);
        assertThat(keeper.unready(NOON).orElse("")).contains("caBundle does not hold the root");
        trust(NOON, young, old);
        assertThat(keeper.unready(NOON)).isEmpty();
    }

    @Test
    void aRenewalUnderTheSameRootIsShownAtOnce() {
        hand(old, NOON);
        trust(NOON, old);
        keeper.look(NOON);
        Instant later = NOON.plus(Duration.ofHours(12));

        hand(old, later);
        keeper.look(later);

        assertThat(keeper.shown()).isEqualTo(source.newest);
    }

    @Test
    void oneOfAnotherRootWaitsUntilTheApiServerHasTrustedThatForAMoment() {
        hand(old, NOON);
        trust(NOON, old);
        keeper.look(NOON);
        ServingCertificate before = keeper.shown();

        hand(young, NOON);
        keeper.look(NOON.plusSeconds(5));
        assertThat(keeper.shown()).isEqualTo(before);
        assertThat(keeper.roots())
                .as("both, so that the caBundle gets the new one")
                .containsExactlyInAnyOrder(old.roots().getFirst(), young.roots().getFirst());

        Instant trusted = NOON.plusSeconds(8);
        trust(trusted, old, young);
        keeper.look(trusted.plusSeconds(1));
        assertThat(keeper.shown()).isEqualTo(before);

        keeper.look(trusted.plus(CertificateKeeper.SETTLE));
        assertThat(keeper.shown()).isEqualTo(source.newest);
        assertThat(keeper.roots()).isEqualTo(young.roots());
    }

    @Test
    void itGoesOnWhereNothingSaysWhatTheApiServerTrusts() {
        hand(old, NOON);
        keeper.look(NOON);
        hand(young, NOON);
        keeper.look(NOON.plusSeconds(1));
        assertThat(keeper.shown()).isNotEqualTo(source.newest);

        keeper.look(NOON.plusSeconds(1).plus(CertificateKeeper.PATIENCE));

        assertThat(keeper.shown()).isEqualTo(source.newest);
    }

    @Test
    void oneThatNobodyTrustsAnyMoreIsReplacedAtOnce() {
        hand(old, NOON);
        trust(NOON, old);
        keeper.look(NOON);

        hand(young, NOON);
        trust(NOON.plusSeconds(1), young);
        keeper.look(NOON.plusSeconds(1));

        assertThat(keeper.shown()).isEqualTo(source.newest);
    }

    @Test
    void oneThatIsAboutToEndIsNotKeptForTheSakeOfTrust() {
        hand(old, NOON);
        trust(NOON, old);
        keeper.look(NOON);
        Instant late = NOON.plus(Duration.ofHours(23));

        hand(young, late);
        keeper.look(late);

        assertThat(keeper.shown()).isEqualTo(source.newest);
    }

    @Test
    void aSourceThatFailsLeavesWhatIsShownAndSaysWhy() {
        hand(old, NOON);
        keeper.look(NOON);
        ServingCertificate before = keeper.shown();

        source.broken = "the authority is away";
        keeper.look(NOON.plusSeconds(5));

        assertThat(keeper.shown()).isEqualTo(before);
        assertThat(keeper.problem()).hasValue("the authority is away");
        assertThat(keeper.unready(NOON.plus(DAY)).orElse("")).contains("ended at");

        source.broken = null;
        keeper.look(NOON.plusSeconds(10));
        assertThat(keeper.problem()).isEmpty();
    }

    private void hand(TestAuthority authority, Instant now) {
        X509Svid svid = authority.issue(now, DAY);
        source.newest = new ServingCertificate(svid.key(), svid.chain());
        source.roots = authority.roots();
    }

    private void trust(Instant since, TestAuthority... authorities) {
        List<X509Certificate> roots =
                List.of(authorities).stream().flatMap(each -> each.roots().stream()).toList();
        seen = Optional.of(new ApiServerTrust.Seen(roots, since));
    }
}
