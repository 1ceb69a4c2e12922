package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.EdgeIssuers.EDWARDS;
import static dev.outrider.sidecar.auth.EdgeIssuers.good;
import static dev.outrider.sidecar.auth.EdgeIssuers.goodPartner;
import static dev.outrider.sidecar.auth.EdgeIssuers.partnerClaims;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.http.FieldValue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class EdgeTokensTest {
    private final EdgeIssuers issuers = new EdgeIssuers();
    private final EdgeTokens tokens = issuers.tokens(null);

    @AfterEach
    void stop() {
        issuers.close();
    }

    private TokenOutcome judge(String token) {
        return judge(tokens, token);
    }

    private static TokenOutcome judge(EdgeTokens tokens, String token) {
        TokenOutcome outcome = tokens.judge(FieldValue.of(token), Runnable::run);
        try {
            return outcome instanceof TokenOutcome.Later later
                    ? later.outcome().toCompletableFuture().get(20, TimeUnit.SECONDS)
                    : outcome;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Caller caller(String token) {
        TokenOutcome outcome = judge(token);
        assertThat(outcome).isInstanceOf(TokenOutcome.Accepted.class);
        return ((TokenOutcome.Accepted) outcome).caller();
    }

    static Stream<EdgeTokenAttacks.Attack> attacks() {
        return EdgeTokenAttacks.all();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void refusesWhatMustNotPassAlsoTheSecondTime(EdgeTokenAttacks.Attack attack) {
        issuers.started();
        for (int i = 0; i < 2; i++) {
            assertThat(judge(attack.token()))
                    .isInstanceOfSatisfying(
                            TokenOutcome.Refused.class,
                            refused ->
                                    assertThat(refused.why())
                                            .as(refused.detail())
                                            .isEqualTo(attack.why()));
        }
    }

    @Test
    void choosesTheIssuerByItsName() {
        issuers.started();
        assertThat(judge(good("")))
                .isInstanceOfSatisfying(
                        TokenOutcome.Accepted.class,
                        accepted -> {
                            assertThat(accepted.issuer()).isEqualTo("staff");
                            assertThat(accepted.source()).isEqualTo(TokenSource.AUTHORIZATION);
                        });
        assertThat(judge(goodPartner()))
                .isInstanceOfSatisfying(
                        TokenOutcome.Accepted.class,
                        accepted -> {
                            assertThat(accepted.issuer()).isEqualTo("partner");
                            assertThat(accepted.caller().subject()).isEqualTo("shop-7");
                            assertThat(accepted.source())
                                    .isEqualTo(new TokenSource.Cookie("session"));
                        });
    }

    static Stream<Arguments> algorithms() {
        PrivateKey rsa = Tokens.RSA.getPrivate();
        return Stream.of(
                Arguments.of("RS256", "p1", rsa, "SHA256withRSA"),
                Arguments.of("RS384", "p1", rsa, "SHA384withRSA"),
                Arguments.of("RS512", "p1", rsa, "SHA512withRSA"),
                Arguments.of("PS256", "p1", rsa, "RSASSA-PSS"),
                Arguments.of(
                        "ES384",
                        "p384",
                        Tokens.EC_384.getPrivate(),
                        "SHA384withECDSAinP1363Format"),
                Arguments.of("EdDSA", "ped", EDWARDS.getPrivate(), "Ed25519"));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void verifiesEveryFamilyOfSignatures(String alg, String kid, PrivateKey key, String jca) {
        issuers.started();
        String header = "{'alg':'" + alg + "','kid':'" + kid + "'}";
        assertThat(caller(Tokens.sign(header, partnerClaims(), key, jca)).subject())
                .isEqualTo("shop-7");
    }

    @Test
    void saysUnderFixedNamesWhatTheNamedClaimsSay() {
        issuers.started();
        Caller caller =
                caller(
                        good(
                                "'roles':['admin'],'tier':'gold','tenant':'evil',"
                                        + "'realm_access':{'roles':['editor','a,b',7,'']},"
                                        + "'scope':'read  write','plan':'free',"
                                        + "'https://staff.example/tenant':'acme','jti':'t1'"));
        assertThat(caller.claims())
                .containsEntry("roles", List.of("editor", "a,b"))
                .containsEntry("scope", "read write")
                .containsEntry("tier", "free")
                .containsEntry("tenant", "acme");
        assertThat(caller.tokenId()).isEqualTo("t1");
        assertThat(caller.issuer()).isEqualTo(EdgeIssuers.STAFF);
    }

    @Test
    void dropsFixedNamesThatNoNamedClaimFills() {
        issuers.started();
        assertThat(caller(good("'roles':['admin'],'tier':'gold','tenant':'evil'")).claims())
                .doesNotContainKeys("roles", "tier", "tenant", "scope");
    }

    @Test
    void aScopeInAListWithABlankDoesNotBecomeTwo() {
        issuers.started();
        assertThat(caller(good("'scope':['read','x admin']")).claims())
                .containsEntry("scope", "read");
    }

    @Test
    void remembersAGoodTokenUntilItExpires() {
        issuers.started();
        String token = good("");
        for (int i = 0; i < 5; i++) {
            caller(token);
        }
        assertThat(tokens.counts().verifications()).isEqualTo(1);
        assertThat(tokens.counts().hits()).isEqualTo(4);
        issuers.advance(Duration.ofSeconds(631));
        assertThat(judge(token))
                .isInstanceOfSatisfying(
                        TokenOutcome.Refused.class,
                        refused -> assertThat(refused.why()).isEqualTo(TokenRefusal.EXPIRED));
    }

    @Test
    void aRememberedTokenFallsWithItsKey() {
        issuers.started();
        String token = good("");
        caller(token);
        issuers.staffKeys.document = Tokens.jwks(Tokens.ec("s2", Tokens.EC_OTHER));
        issuers.advance(Duration.ofSeconds(11));
        String unknown =
                Tokens.sign(
                        "{'alg':'ES256','kid':'s2'}",
                        EdgeIssuers.claims(""),
                        Tokens.EC_OTHER.getPrivate());
        caller(unknown); // fetched at once for the unknown key
        issuers.advance(Duration.ofSeconds(3));
        assertThat(judge(token)).isInstanceOf(TokenOutcome.Refused.class);
        caller(goodPartner()); // the other issuer's are as they were
    }

    @Test
    void anIssuerWithoutKeysIsNotReadyAndTheOtherIs() {
        issuers.staffKeys.broken = true;
        issuers.start("partner");
        issuers.advance(Duration.ofSeconds(11));
        caller(goodPartner());
        assertThat(judge(good("")))
                .isInstanceOfSatisfying(
                        TokenOutcome.NotReady.class,
                        no -> assertThat(no.reason()).isEqualTo("token-keys-unavailable"));
    }

    @Test
    void refusesADeniedTokenAlsoWhenItIsRemembered(@TempDir Path dir) throws IOException {
        issuers.started();
        Path file = Files.writeString(dir.resolve("denied"), "");
        try (DenyList list = DenyList.open(file, Duration.ofMillis(5), InstantSource.system())) {
            EdgeTokens denying = issuers.tokens(list);
            String token = good("'jti':'t1'");
            assertThat(judge(denying, token)).isInstanceOf(TokenOutcome.Accepted.class);
            Files.writeString(file, "t1\n");
            await().untilAsserted(() ->
                    assertThat(judge(denying, token))
                            .isInstanceOfSatisfying(
                                    TokenOutcome.Refused.class,
                                    no -> assertThat(no.why()).isEqualTo(TokenRefusal.DENIED)));
        }
    }

    @Test
    void aFloodOfOneBadTokenIsLookedAtOnce() {
        issuers.started();
        String bad =
                Tokens.sign(
                        EdgeIssuers.STAFF_HEADER,
                        EdgeIssuers.claims(""),
                        Tokens.EC_OTHER.getPrivate());
        for (int i = 0; i < 100; i++) {
            judge(bad);
        }
        assertThat(tokens.counts().verifications()).isEqualTo(1);
        assertThat(tokens.counts().refused()).containsEntry(TokenRefusal.SIGNATURE, 100L);
    }

    @Test
    void aRememberedTokenCostsNoGarbage() {
        issuers.started();
        FieldValue token = FieldValue.of(good("'realm_access':{'roles':['a','b']}"));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            assertAccepted(token);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            assertAccepted(token);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / 10_000;
        assertThat(each).isLessThan(64);
    }

    private void assertAccepted(FieldValue token) {
        if (!(tokens.judge(token, Runnable::run) instanceof TokenOutcome.Accepted)) {
            throw new AssertionError("not accepted");
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "session=TOKEN|TOKEN|",
                "a=b; session=TOKEN; c=d|TOKEN|a=b; c=d",
                "a=b;session=\"TOKEN\" |TOKEN|a=b",
                "xsession=no; SESSION=no; session =no|none|xsession=no; SESSION=no; session =no",
            },
            delimiter = '|')
    void readsAndTakesOutACookie(String field, String token, String left) {
        dev.outrider.sidecar.http.Headers headers = new dev.outrider.sidecar.http.Headers();
        headers.add("Cookie", field);
        TokenSource cookie = new TokenSource.Cookie("session");
        FieldValue read = cookie.read(headers);
        assertThat(read == null ? "none" : read.toString()).isEqualTo(token);
        assertThat(cookie.count(headers)).isEqualTo(read == null ? 0 : 1);
        cookie.strip(headers);
        assertThat(headers.get("cookie")).isEqualTo(left);
    }

    @Test
    void countsACookieOfSeveralFields() {
        dev.outrider.sidecar.http.Headers headers = new dev.outrider.sidecar.http.Headers();
        headers.add("cookie", "session=a; x=y");
        headers.add("Cookie", "session=b");
        TokenSource cookie = new TokenSource.Cookie("session");
        assertThat(cookie.count(headers)).isEqualTo(2);
        cookie.strip(headers);
        assertThat(headers.all("cookie")).containsExactly("x=y");
    }
}
