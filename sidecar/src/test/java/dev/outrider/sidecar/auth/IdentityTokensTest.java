package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.Requests.plain;
import static dev.outrider.sidecar.auth.Requests.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentityTokensTest {
    private static final String FIELD = "workload-identity-token";

    private final Requests requests = new Requests();
    private final FakeClocks clocks = new FakeClocks();
    private final AtomicInteger minted = new AtomicInteger();
    private final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);
    private volatile boolean down;
    private final IdentityTokens tokens = tokens(IdentityTokenConfig.DEFAULTS, this::mint);
    private final IdentityTokenFilter filter = filter(tokens);

    @AfterEach
    void stop() {
        tokens.close();
        requests.close();
    }

    private IdentityTokens tokens(IdentityTokenConfig config, TokenIssuer issuer) {
        return new IdentityTokens(issuer, config, clocks, new Random(1));
    }

    private static IdentityTokenFilter filter(IdentityTokens tokens) {
        return new IdentityTokenFilter(tokens, Exchange::service);
    }

    /** Valid for ten minutes. */
    private String mint(String audience) throws IOException, InterruptedException {
        int number = minted.incrementAndGet();
        gate.acquire();
        if (down) {
            throw new IOException("the CA is down");
        }
        long exp = clocks.instant().getEpochSecond() + 600;
        return unsigned("{'aud':'" + audience + "','jti':'" + number + "','exp':" + exp + "}");
    }

    private static String unsigned(String payload) {
        return Tokens.part("{'alg':'ES256'}") + "." + Tokens.part(payload) + ".AAAA";
    }

    private Exchange to(@Nullable String service, String... fields) {
        Exchange exchange = requests.exchange(plain(), "GET", "/", fields);
        if (service != null) {
            exchange.service(service);
        }
        return exchange;
    }

    private @Nullable String sent(String service) {
        Exchange exchange = to(service);
        assertThat(reason(filter, exchange)).isEmpty();
        return exchange.request().headers().get(FIELD);
    }

    @Test
    void sendsOneTokenForEachAudienceInPlaceOfTheAppsOwn() {
        Exchange exchange = to("billing", "Workload-Identity-Token", "forged");
        assertThat(reason(filter, exchange)).isEmpty();
        String token = exchange.request().headers().get(FIELD);
        assertThat(exchange.request().headers().count(FIELD)).isEqualTo(1);
        assertThat(token).isNotEqualTo("forged").isEqualTo(sent("billing"));
        assertThat(sent("orders")).isNotEqualTo(token);
        assertThat(minted).hasValue(2);
    }

    @Test
    void sendsNoneWhereNoAudienceIsConfigured() {
        Exchange exchange = to(null, "Workload-Identity-Token", "forged");
        assertThat(filter.onRequest(exchange)).isEqualTo(Verdict.CONTINUE);
        assertThat(exchange.request().headers().contains(FIELD)).isFalse();
    }

    @Test
    void mintsOnceForAllWhoWait() {
        gate.drainPermits();
        List<Verdict> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(filter.onRequest(to("billing")));
        }
        assertThat(waiting).allMatch(verdict -> verdict instanceof Verdict.Await);
        gate.release();
        assertThat(waiting).allMatch(verdict -> Requests.failure(verdict) == null);
        assertThat(minted).hasValue(1);
    }

    @Test
    void renewsBetweenSixtyAndEightyPercentOfLifeAndSendsTheOldOneMeanwhile() {
        String first = sent("billing");
        assertThat(sent("billing")).isEqualTo(first);
        clocks.advance(Duration.ofSeconds(359));
        tokens.renewDue();
        assertThat(minted).hasValue(1);
        gate.drainPermits();
        clocks.advance(Duration.ofSeconds(122));
        tokens.renewDue();
        await().until(() -> minted.get() == 2);
        tokens.renewDue();
        assertThat(sent("billing")).isEqualTo(first);
        gate.release();
        await().until(() -> !String.valueOf(sent("billing")).equals(first));
        assertThat(minted).hasValue(2);
    }

    @Test
    void keepsTheValidOneWhileTheIssuerIsDownAndSaysSo() {
        String first = sent("billing");
        down = true;
        clocks.advance(Duration.ofSeconds(500));
        tokens.renewDue();
        await().until(() -> tokens.status().audiences().getFirst().failures() == 1);
        assertThat(sent("billing")).isEqualTo(first);
        assertThat(tokens.status().audiences().getFirst())
                .isEqualTo(
                        new IdentityTokens.AudienceStatus(
                                "billing", Duration.ofSeconds(100), 1, "the CA is down"));
        clocks.advance(Duration.ofSeconds(100));
        Failure failure = Requests.run(filter, to("billing"));
        assertThat(failure)
                .isEqualTo(
                        new Failure.NotReady(
                                "identity-token-unavailable",
                                "no token for audience 'billing': the CA is down"));
        down = false;
        clocks.advance(Duration.ofSeconds(60));
        assertThat(sent("billing")).isNotEqualTo(first);
        assertThat(tokens.status().audiences().getFirst().lastError()).isNull();
    }

    @Test
    void doesNotAskADeadIssuerForEachRequest() {
        down = true;
        for (int i = 0; i < 20; i++) {
            assertThat(reason(filter, to("billing"))).isEqualTo("identity-token-unavailable");
        }
        assertThat(minted).hasValue(1);
        assertThat(tokens.status().unavailable()).isEqualTo(20);
    }

    @Test
    void doesNotWaitLongerThanConfigured() {
        gate.drainPermits();
        IdentityTokenConfig base = IdentityTokenConfig.DEFAULTS;
        IdentityTokenConfig impatient =
                new IdentityTokenConfig(base.header(), 0.6, 0.8, Duration.ofMillis(1), 10);
        try (IdentityTokens slow = tokens(impatient, this::mint)) {
            Failure failure = Requests.run(filter(slow), to("billing"));
            assertThat(failure)
                    .isEqualTo(
                            new Failure.NotReady(
                                    "identity-token-unavailable",
                                    "no token for audience 'billing': the issuer did not answer in"
                                            + " time"));
            gate.release();
        }
    }

    @Test
    void servesABoundedNumberOfAudiencesAndForgetsUnusedOnes() {
        IdentityTokenConfig base = IdentityTokenConfig.DEFAULTS;
        IdentityTokenConfig two =
                new IdentityTokenConfig(base.header(), 0.6, 0.8, base.maxWait(), 2);
        try (IdentityTokens few = tokens(two, this::mint)) {
            IdentityTokenFilter bounded = filter(few);
            assertThat(reason(bounded, to("a"))).isEmpty();
            assertThat(reason(bounded, to("b"))).isEmpty();
            assertThat(Requests.run(bounded, to("c")))
                    .isEqualTo(
                            new Failure.NotReady(
                                    "identity-token-unavailable",
                                    "no token for audience 'c': more than 2 audiences are in use"));
            clocks.advance(Duration.ofSeconds(661));
            few.renewDue();
            assertThat(few.status().audiences()).isEmpty();
            assertThat(reason(bounded, to("c"))).isEmpty();
        }
    }

    @Test
    void putsTheTokenBehindBearerInAuthorization() {
        IdentityTokenConfig bearer =
                new IdentityTokenConfig(
                        new TokenHeader("Authorization"), 0.6, 0.8, Duration.ofSeconds(20), 2);
        try (IdentityTokens some = tokens(bearer, this::mint)) {
            Exchange exchange = to("billing");
            assertThat(reason(filter(some), exchange)).isEmpty();
            assertThat(exchange.request().headers().get("authorization")).startsWith("Bearer ey");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no token",
                "a.b",
                "{'exp':1}",
                "{'exp':'soon'}",
                "{'x':1}",
                "{'exp':99999999999999999}"
            })
    void doesNotSendWhatIsNoValidToken(String payload) {
        String answer = payload.startsWith("{") ? unsigned(payload) : payload;
        try (IdentityTokens odd = tokens(IdentityTokenConfig.DEFAULTS, audience -> answer)) {
            assertThat(reason(filter(odd), to("billing"))).isEqualTo("identity-token-unavailable");
        }
    }
}
