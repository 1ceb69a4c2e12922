package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.Requests.ORDERS;
import static dev.outrider.sidecar.auth.Requests.WEB;
import static dev.outrider.sidecar.auth.Requests.peer;
import static dev.outrider.sidecar.auth.Requests.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.filter.Verdict;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JwtFilterTest {
    private static final String FIELD = "workload-identity-token";
    private static final Duration MOMENT = Duration.ofSeconds(11);

    private final Requests requests = new Requests();
    private final FakeClocks clocks = new FakeClocks();
    private final FakeJwksSource source = new FakeJwksSource(Tokens.JWKS);
    private final Jwks jwks = new Jwks(source, JwksConfig.DEFAULTS, clocks, clocks, new Random(1));
    private final JwtFilter filter = filter(FIELD, true, true, null);

    @AfterEach
    void stop() {
        jwks.close();
        requests.close();
    }

    private JwtFilter filter(
            String field, boolean required, boolean subjectIsPeer, @Nullable DenyList denyList) {
        JwtConfig base = JwtConfig.forAudience("orders");
        JwtConfig config =
                new JwtConfig(
                        base.audiences(),
                        List.of(),
                        base.jwks(),
                        base.algorithms(),
                        base.leeway(),
                        new TokenHeader(field),
                        required,
                        subjectIsPeer,
                        null,
                        100);
        return new JwtFilter(config, jwks, denyList, clocks);
    }

    private void loadKeys() {
        jwks.start();
        await().until(() -> jwks.current() != null);
    }

    private Exchange from(Peer peer, String... fields) {
        return requests.exchange(peer, "GET", "/", fields);
    }

    private Exchange withToken(String token) {
        return from(peer(WEB), FIELD, token);
    }

    @Test
    void notesTheCallerAndTakesTheTokenAway() {
        loadKeys();
        Exchange exchange = from(peer(WEB), "Workload-Identity-Token", Tokens.good());
        assertThat(reason(filter, exchange)).isEmpty();
        assertThat(exchange.request().headers().contains(FIELD)).isFalse();
        assertThat(exchange.caller())
                .satisfies(caller -> {
                    assertThat(caller).isNotNull();
                    assertThat(caller.subject()).isEqualTo(WEB.toString());
                });
    }

    @Test
    void takesEverySpellingOfTheTokensFieldAway() {
        loadKeys();
        Exchange exchange =
                from(peer(WEB), FIELD, Tokens.good(), "Workload_Identity_Token", "forged");
        assertThat(reason(filter, exchange)).isEmpty();
        assertThat(exchange.request().headers().toString()).doesNotContain("forged");
    }

    @Test
    void remembersAGoodTokenUntilItExpires() {
        loadKeys();
        String token = Tokens.good();
        for (int i = 0; i < 5; i++) {
            assertThat(reason(filter, withToken(token))).isEmpty();
        }
        assertThat(filter.counts().verifications()).isEqualTo(1);
        assertThat(filter.counts().hits()).isEqualTo(4);
        clocks.advance(Duration.ofSeconds(631));
        assertThat(reason(filter, withToken(token))).isEqualTo("token-expired");
    }

    @Test
    void refusesAStolenTokenAlsoWhenItIsRemembered() {
        loadKeys();
        String token = Tokens.good();
        assertThat(reason(filter, withToken(token))).isEmpty();
        Exchange thief = from(peer(ORDERS), FIELD, token);
        assertThat(reason(filter, thief)).isEqualTo("token-subject-mismatch");
        assertThat(thief.caller()).isNull();
        assertThat(reason(filter, from(Requests.plain(), FIELD, token)))
                .isEqualTo("token-subject-mismatch");
        assertThat(reason(filter, withToken(token))).isEmpty();
        assertThat(filter.counts().verifications()).isEqualTo(1);
    }

    @Test
    void letsAnybodyCarryATokenIfConfiguredSo() {
        loadKeys();
        JwtFilter lenient = filter(FIELD, true, false, null);
        assertThat(reason(lenient, from(Requests.plain(), FIELD, Tokens.good()))).isEmpty();
    }

    @Test
    void refusesATokenOnTheDenyListFromTheMomentTheListChanges(@TempDir Path dir)
            throws IOException {
        loadKeys();
        Path file = Files.writeString(dir.resolve("denied"), "# none yet\n");
        try (DenyList denyList =
                DenyList.open(file, Duration.ofMillis(5), InstantSource.system())) {
            JwtFilter denying = filter(FIELD, true, true, denyList);
            assertThat(reason(denying, withToken(Tokens.good()))).isEmpty();
            Files.writeString(file, "other\nt1\n");
            await().untilAsserted(() ->
                    assertThat(reason(denying, withToken(Tokens.good())))
                            .isEqualTo("token-denied"));
        }
    }

    @Test
    void wantsATokenUnlessTheyAreOptional() {
        loadKeys();
        assertThat(reason(filter, from(peer(WEB)))).isEqualTo("token-missing");
        JwtFilter optional = filter(FIELD, false, true, null);
        assertThat(reason(optional, from(peer(WEB)))).isEmpty();
        assertThat(reason(optional, from(peer(WEB), FIELD, "rubbish")))
                .isEqualTo("token-malformed");
        assertThat(reason(optional, from(peer(WEB), FIELD, ""))).isEqualTo("token-malformed");
    }

    @Test
    void refusesTwoFieldsAndHugeTokensUnread() {
        loadKeys();
        String token = Tokens.good();
        assertThat(reason(filter, from(peer(WEB), FIELD, token, "WORKLOAD-identity-token", token)))
                .isEqualTo("token-malformed");
        assertThat(reason(filter, withToken("x".repeat(8193)))).isEqualTo("token-malformed");
        assertThat(filter.counts().verifications()).isZero();
        assertThat(filter.counts().refused()).containsEntry(TokenRefusal.MALFORMED, 2L);
    }

    @Test
    void readsABearerTokenAndLeavesOtherSchemesAlone() {
        loadKeys();
        JwtFilter bearer = filter("Authorization", false, true, null);
        Exchange exchange = from(peer(WEB), "Authorization", "bearer " + Tokens.good());
        assertThat(reason(bearer, exchange)).isEmpty();
        assertThat(exchange.caller()).isNotNull();
        assertThat(exchange.request().headers().contains("authorization")).isFalse();
        Exchange basic = from(peer(WEB), "Authorization", "Basic eDp5");
        assertThat(reason(bearer, basic)).isEmpty();
        assertThat(basic.request().headers().get("authorization")).isEqualTo("Basic eDp5");
    }

    @Test
    void looksAtTheSameBadTokenOnceInAWhile() {
        loadKeys();
        String bad = Tokens.sign(Tokens.HEADER, Tokens.claims(""), Tokens.EC_OTHER.getPrivate());
        for (int i = 0; i < 100; i++) {
            assertThat(reason(filter, withToken(bad))).isEqualTo("token-signature");
        }
        assertThat(filter.counts().verifications()).isEqualTo(1);
        assertThat(filter.counts().refused()).containsEntry(TokenRefusal.SIGNATURE, 100L);
        clocks.advance(Duration.ofSeconds(2));
        assertThat(reason(filter, withToken(bad))).isEqualTo("token-signature");
        assertThat(filter.counts().verifications()).isEqualTo(2);
    }

    @Test
    void waitsForNewKeysWhenTheKeyIsUnknown() {
        loadKeys();
        source.document = Tokens.jwks(Tokens.ec("k1", Tokens.EC), Tokens.ec("k2", Tokens.EC_OTHER));
        String token =
                Tokens.sign(
                        "{'alg':'ES256','kid':'k2'}",
                        Tokens.claims(""),
                        Tokens.EC_OTHER.getPrivate());
        Exchange exchange = withToken(token);
        Verdict verdict = filter.onRequest(exchange);
        assertThat(verdict).isInstanceOf(Verdict.Await.class);
        assertThat(Requests.failure(verdict)).isNull();
        assertThat(exchange.caller()).isNotNull();
        assertThat(exchange.request().headers().contains(FIELD)).isFalse();
        assertThat(filter.counts().awaited()).isEqualTo(1);
    }

    @Test
    void fetchesOnceForAFloodOfUnknownKeys() {
        loadKeys();
        int before = source.fetches.get();
        for (int i = 0; i < 50; i++) {
            String token =
                    Tokens.sign(
                            "{'alg':'ES256','kid':'x" + i + "'}",
                            Tokens.claims(""),
                            Tokens.EC.getPrivate());
            assertThat(reason(filter, withToken(token))).isEqualTo("token-unknown-key");
        }
        assertThat(source.fetches.get() - before).isEqualTo(1);
        clocks.advance(MOMENT);
        String late =
                Tokens.sign("{'alg':'ES256','kid':'x'}", Tokens.claims(""), Tokens.EC.getPrivate());
        assertThat(reason(filter, withToken(late))).isEqualTo("token-unknown-key");
        assertThat(source.fetches.get() - before).isEqualTo(2);
    }

    @Test
    void forgetsTokensWhoseKeyIsGone() {
        loadKeys();
        assertThat(reason(filter, withToken(Tokens.good()))).isEmpty();
        source.document = Tokens.jwks(Tokens.ec("k2", Tokens.EC_OTHER));
        KeySet before = jwks.current();
        assertThat(jwks.refetch()).isNotNull();
        await().until(() -> jwks.current() != before);
        assertThat(reason(filter, withToken(Tokens.good()))).isEqualTo("token-unknown-key");
    }

    @Test
    void isNotReadyRatherThanRefusingWhenThereWereNeverAnyKeys() {
        source.broken = true;
        Failure failure = Requests.run(filter, withToken(Tokens.good()));
        assertThat(failure)
                .isInstanceOfSatisfying(
                        Failure.NotReady.class,
                        notReady -> {
                            assertThat(notReady.reason()).isEqualTo("token-keys-unavailable");
                            assertThat(notReady.detail()).contains("the CA is down");
                        });
        assertThat(filter.counts().noKeys()).isEqualTo(1);
        source.broken = false;
        clocks.advance(MOMENT);
        assertThat(reason(filter, withToken(Tokens.good()))).isEmpty();
    }

    @Test
    void aRememberedTokenCostsLittleMoreThanItsHeadersText() {
        loadKeys();
        String token = Tokens.good();
        assertThat(reason(filter, withToken(token))).isEmpty();
        List<Exchange> exchanges =
                IntStream.range(0, 1000).mapToObj(each -> withToken(token)).toList();
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        for (Exchange exchange : exchanges) {
            filter.onRequest(exchange);
        }
        long each = (thread.getCurrentThreadAllocatedBytes() - before) / exchanges.size();
        assertThat(each).isLessThan(token.length() + 128);
        assertThat(filter.counts().hits()).isEqualTo(1000);
    }

    @Test
    void tamesWhatItQuotesFromAToken() {
        loadKeys();
        String token =
                Tokens.sign(
                        "{'alg':'a\\nb\\u001b" + "x".repeat(1000) + "'}",
                        Tokens.claims(""),
                        Tokens.EC.getPrivate());
        Failure failure = Requests.run(filter, withToken(token));
        assertThat(failure)
                .isInstanceOfSatisfying(
                        Failure.Refused.class,
                        refused ->
                                assertThat(refused.detail())
                                        .contains("'a?b?xx")
                                        .hasSizeLessThanOrEqualTo(300));
    }
}
