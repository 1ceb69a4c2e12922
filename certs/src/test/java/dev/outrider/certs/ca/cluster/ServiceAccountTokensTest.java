package dev.outrider.certs.ca.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.ca.TokenReview.Outcome;
import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.KubeApi;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose a token is, by a real call of TokenReview. */
class ServiceAccountTokensTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private FakeKubernetes kubernetes;
    private KubeApi api;
    private ServiceAccountTokens tokens;

    @BeforeEach
    void start() throws Exception {
        kubernetes = FakeKubernetes.start();
        kubernetes.clock(() -> NOW);
        api = kubernetes.api();
        tokens = tokens(Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        api.close();
        kubernetes.close();
    }

    @Test
    void aTokenProvesItsOwnServiceAccount() throws Exception {
        Outcome.Proven proven = (Outcome.Proven) review(token("shop", "web", "outrider-ca"));

        assertThat(proven.id()).isEqualTo(SpiffeId.of("cluster.local", "shop", "web"));
        assertThat(proven.label()).isEqualTo("service account token, pod a-pod");
        assertThat(proven.use().claim()).isTrue();
    }

    @Test
    void eachTimeIsAskedAbout() {
        String token = token("shop", "web", "outrider-ca");
        review(token);
        kubernetes.revokeToken(token);

        assertThat(review(token))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo("unknown-token"));
        assertThat(kubernetes.count("create", "tokenreviews")).isEqualTo(2);
    }

    @Test
    void theAuthoritysOwnIdIsForNobody() {
        assertThat(reason(review(token("outrider", "ca", "outrider-ca")))).isEqualTo("reserved-id");
    }

    @Test
    void anotherAudienceIsRefusedWithoutAsking() {
        assertThat(reason(review(token("shop", "web", "https://kubernetes.default.svc"))))
                .isEqualTo("wrong-audience");
        assertThat(kubernetes.count("create", "tokenreviews")).isZero();
    }

    @Test
    void aServerThatKnowsNothingOfAudiencesProvesNothing() {
        kubernetes.answer(
                "create",
                "tokenreviews",
                1,
                FakeAnswer.ok(
                        Map.of(
                                "status",
                                Map.of(
                                        "authenticated",
                                        true,
                                        "user",
                                        Map.of("username", "system:serviceaccount:shop:web")))));

        assertThat(reason(review(token("shop", "web", "outrider-ca")))).isEqualTo("wrong-audience");
    }

    @Test
    void whatIsNoServiceAccountIsRefused() {
        for (String user :
                List.of(
                        "system:node:n1",
                        "system:serviceaccount:shop",
                        "system:serviceaccount:shop:web:more",
                        "xsystem:serviceaccount:shop:web",
                        "system:serviceaccount:SHOP:web",
                        "")) {
            kubernetes.answer(
                    "create",
                    "tokenreviews",
                    1,
                    FakeAnswer.ok(
                            Map.of(
                                    "status",
                                    Map.of(
                                            "authenticated",
                                            true,
                                            "audiences",
                                            List.of("outrider-ca"),
                                            "user",
                                            Map.of("username", user)))));
            assertThat(reason(review(token("shop", "web", "outrider-ca"))))
                    .isEqualTo("not-a-service-account");
        }
    }

    @Test
    void anEndedTokenIsToldSinceWhen() {
        Instant ended = NOW.minusSeconds(3600);
        String old = kubernetes.issueToken("shop", "web", List.of("outrider-ca"), ended);
        assertThat(review(old)).isEqualTo(new Outcome.Expired(ended));
        assertThat(kubernetes.count("create", "tokenreviews")).isZero();

        // Our clock may be ahead: within a minute the server decides.
        Instant just = NOW.minusSeconds(20);
        String close = kubernetes.issueToken("shop", "web", List.of("outrider-ca"), just);
        assertThat(review(close)).isEqualTo(new Outcome.Expired(just));
        assertThat(kubernetes.count("create", "tokenreviews")).isEqualTo(1);
    }

    @Test
    void otherKindsOfTokensAreSomebodyElses() {
        for (String token :
                List.of(
                        "",
                        "x",
                        "otk.0123456789abcdef." + "A".repeat(43),
                        "a.b.c",
                        "..",
                        "a b.c.d")) {
            assertThat(review(token)).isInstanceOf(Outcome.Unknown.class);
        }
        assertThat(kubernetes.count("create", "tokenreviews")).isZero();
    }

    @Test
    void aServerThatIsAwayRefusesOrHangsIsUnavailable() {
        kubernetes.answer(
                "create",
                "tokenreviews",
                1,
                FakeAnswer.failure(429, "TooManyRequests", "slowly").with("Retry-After", "9"));
        String token = token("shop", "web", "outrider-ca");
        assertThat(review(token))
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        later -> assertThat(later.retryAfter()).isEqualTo(Duration.ofSeconds(9)));

        CountDownLatch never = new CountDownLatch(1);
        kubernetes.hold("create", "tokenreviews", never);
        assertThat(tokens(Duration.ofMillis(50)).review(token, NOW))
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        later -> assertThat(later.detail()).contains("Timeout"));
        never.countDown();
        kubernetes.behave();
        kubernetes.forbid("create", "tokenreviews");
        assertThat(review(token))
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        later ->
                                assertThat(later.detail())
                                        .contains("Forbidden")
                                        .contains("see the authority's log"));
    }

    private ServiceAccountTokens tokens(Duration deadline) {
        return new ServiceAccountTokens(api, "cluster.local", "outrider-ca", deadline);
    }

    private Outcome review(String token) {
        return tokens.review(token, NOW);
    }

    private String token(String namespace, String account, String audience) {
        return kubernetes.issueToken(
                namespace, account, List.of(audience), NOW.plus(Duration.ofHours(1)));
    }

    private static String reason(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused ? refused.reason() : outcome.toString();
    }
}
