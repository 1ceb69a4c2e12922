package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JwtSvidsTest {
    private static final Instant NOW = TestMesh.NOW;

    @ParameterizedTest
    @EnumSource(JwtAlgorithm.class)
    void theJdkAloneVerifiesTokensWithTheJwksDocument(JwtAlgorithm algorithm) throws Exception {
        JwtKeys keys = keys(algorithm);
        JwtSvids svids = new JwtSvids(() -> keys, InstantSource.fixed(NOW), TestMesh.random());
        JwtSvids.Issued issued =
                svids.issue(TestMesh.WEB, List.of("orders"), Duration.ofMinutes(10));

        JsonNode claims =
                PlainJwt.verified(issued.token(), JwkDocuments.jwks(keys.published()), "sig");

        assertThat(claims.get("sub").asText()).isEqualTo(TestMesh.WEB.toString());
        assertThat(claims.get("aud").get(0).asText()).isEqualTo("orders");
        assertThat(claims.get("iat").asLong()).isEqualTo(NOW.getEpochSecond());
        assertThat(claims.get("exp").asLong()).isEqualTo(NOW.getEpochSecond() + 600);
        assertThat(claims.get("jti").asText()).isEqualTo(issued.jti()).hasSize(22);
    }

    @Test
    void theSpiffeBundleVerifiesTheSameTokens() throws Exception {
        JwtKeys keys = keys(JwtAlgorithm.ES256);
        JwtSvids svids = new JwtSvids(() -> keys, InstantSource.fixed(NOW), TestMesh.random());
        String token = svids.issue(TestMesh.WEB, List.of("a", "b"), JwtSvids.SHORTEST_TTL).token();
        String bundle =
                TestMesh.authority("cluster.local")
                        .bundle()
                        .toJson(keys.published(), 7, Duration.ofMinutes(5));

        assertThat(PlainJwt.verified(token, bundle, "jwt-svid").get("aud")).hasSize(2);
        JsonNode document = PlainJwt.JSON.readTree(bundle);
        assertThat(document.get("spiffe_sequence").asLong()).isEqualTo(7);
        assertThat(document.get("spiffe_refresh_hint").asLong()).isEqualTo(300);
        assertThat(document.get("keys").get(0).get("use").asText()).isEqualTo("x509-svid");
        assertThat(document.get("keys").get(0).get("x5c")).hasSize(1);
    }

    @Test
    void aKeyThatIsMadeOnDemandSignsTheTokenThatAskedForIt() {
        AtomicLong second = new AtomicLong();
        InstantSource ticking = () -> NOW.plusSeconds(second.incrementAndGet());
        JwtSvids svids =
                new JwtSvids(
                        () ->
                                JwtKeys.NONE.rotated(
                                        JwtKeys.Schedule.DEFAULTS,
                                        ticking.instant(),
                                        TestMesh.random()),
                        ticking,
                        TestMesh.random());

        assertThat(svids.issue(TestMesh.WEB, List.of("orders"), JwtSvids.SHORTEST_TTL).token())
                .isNotEmpty();
    }

    @Test
    void noTwoTokensShareAnId() {
        JwtKeys keys = keys(JwtAlgorithm.ES256);
        JwtSvids svids = new JwtSvids(() -> keys, InstantSource.fixed(NOW), TestMesh.random());
        List<String> audience = List.of("orders");

        assertThat(svids.issue(TestMesh.WEB, audience, JwtSvids.SHORTEST_TTL).jti())
                .isNotEqualTo(svids.issue(TestMesh.WEB, audience, JwtSvids.SHORTEST_TTL).jti());
    }

    @Test
    void refusesALifeOutsideFiveToFifteenMinutesAndNoAudience() {
        JwtKeys keys = keys(JwtAlgorithm.ES256);
        JwtSvids svids = new JwtSvids(() -> keys, InstantSource.fixed(NOW), TestMesh.random());

        assertThatThrownBy(() ->
                        svids.issue(
                                TestMesh.WEB, List.of("a"), Duration.ofMinutes(5).minusSeconds(1)))
                .hasMessageContaining("5 to 15 minutes");
        assertThatThrownBy(() -> svids.issue(TestMesh.WEB, List.of("a"), Duration.ofMinutes(16)))
                .hasMessageContaining("5 to 15 minutes");
        assertThatThrownBy(() -> svids.issue(TestMesh.WEB, List.of(), Duration.ofMinutes(5)))
                .hasMessageContaining("audience");
    }

    private static JwtKeys keys(JwtAlgorithm algorithm) {
        JwtKeys.Schedule schedule =
                new JwtKeys.Schedule(algorithm, Duration.ofHours(24), Duration.ofMinutes(5));
        return JwtKeys.NONE.rotated(schedule, NOW, TestMesh.random());
    }
}
