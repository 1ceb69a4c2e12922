package dev.outrider.sidecar.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.FailureResponse;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.time.FakeTicker;
import dev.outrider.sidecar.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitFilterTest {
    /** The begin of a minute, an hour and a day. */
    private static final Instant MIDNIGHT = Instant.parse("2026-11-28T00:00:00Z");

    private final FakeTicker ticker = new FakeTicker();
    private final LimitState state = new LimitState(1000, ticker, () -> MIDNIGHT, new Random(1));
    private final Calls calls = new Calls();

    @AfterEach
    void close() {
        calls.close();
    }

    private RequestFilter filter(LimitsConfig config, String... uses) {
        return Objects.requireNonNull(
                new Limits(config, state, null).filter(SampleLimits.uses(uses)));
    }

    private RequestFilter perClient(int perMinute) {
        return filter(
                SampleLimits.named(
                        Map.of(
                                "api",
                                SampleLimits.local(
                                        Algorithm.FIXED_WINDOW,
                                        QuotaConfig.perMinute(perMinute),
                                        KeyConfig.CLIENT))),
                "api");
    }

    private String reason(RequestFilter filter, Exchange exchange) {
        Failure failure = calls.run(filter, exchange);
        return failure == null ? "" : failure.reason();
    }

    private static LimitCounts of(LimitState.Counts counts, String limit) {
        return Objects.requireNonNull(counts.limits().get(limit));
    }

    @Test
    void theHundredAndFirstIsToldWhenToComeAgain() {
        RequestFilter filter = perClient(100);
        ticker.advance(Duration.ofSeconds(20));
        for (int i = 0; i < 100; i++) {
            assertThat(calls.run(filter, calls.from("192.0.2.7"))).isNull();
        }
        Exchange exchange = calls.from("192.0.2.7");
        Failure failure = calls.run(filter, exchange);
        assertThat(failure).isInstanceOf(Failure.RateLimited.class);
        FailureResponse response = Calls.respond(filter, exchange, failure);
        Headers headers = response.head().headers();
        assertThat(response.head().status()).isEqualTo(429);
        assertThat(headers.get("retry-after")).isEqualTo("40");
        assertThat(headers.get("ratelimit")).isEqualTo("\"api-minute\";r=0;t=40");
        assertThat(headers.get("ratelimit-policy")).isEqualTo("\"api-minute\";q=100;w=60");
        assertThat(headers.get("x-ratelimit-limit")).isEqualTo("100");
        assertThat(headers.get("x-ratelimit-remaining")).isEqualTo("0");
        assertThat(headers.get("x-ratelimit-reset")).isEqualTo("40");
        assertThat(new String(response.body(), StandardCharsets.UTF_8))
                .contains("\"retryAfterSeconds\":40")
                .contains("\"violated-policies\":[\"api-minute\"]")
                .contains("http-problem-types#quota-exceeded");
        ticker.advance(Duration.ofSeconds(40));
        assertThat(calls.run(filter, calls.from("192.0.2.7"))).isNull();
    }

    @Test
    void whoIsLetThroughIsToldWhatIsLeft() {
        RequestFilter filter = perClient(10);
        Exchange exchange = calls.from("192.0.2.7");
        calls.run(filter, exchange);
        Headers headers = Calls.respond(filter, exchange, null).head().headers();
        assertThat(headers.get("ratelimit")).isEqualTo("\"api-minute\";r=9;t=60");
        assertThat(headers.contains("retry-after")).isFalse();
    }

    @Test
    void aKeyNeverSeenLooksLikeOneThatIsUnused() {
        RequestFilter filter = perClient(10);
        Exchange unknown = calls.from("192.0.2.8");
        calls.run(filter, unknown);
        String first = Calls.respond(filter, unknown, null).head().headers().toString();
        ticker.advance(Duration.ofMinutes(1));
        Exchange known = calls.from("192.0.2.8");
        calls.run(filter, known);
        assertThat(Calls.respond(filter, known, null).head().headers().toString()).isEqualTo(first);
    }

    @Test
    void hostsOfOneIpv6NetworkAreOneClient() {
        RequestFilter filter = perClient(1);
        assertThat(reason(filter, calls.from("2001:db8:0:1::7"))).isEmpty();
        assertThat(reason(filter, calls.from("2001:db8:0:1:ffff::8"))).isEqualTo("rate-limited");
        assertThat(reason(filter, calls.from("2001:db8:0:2::7"))).isEmpty();
        assertThat(reason(filter, calls.from("192.0.2.7"))).isEmpty();
    }

    @Test
    void theTightestOfSeveralQuotasIsNamedAndNoneIsChargedWhenOneRefuses() {
        RequestFilter filter =
                filter(
                        SampleLimits.named(
                                Map.of(
                                        "api",
                                        SampleLimits.local(
                                                Algorithm.FIXED_WINDOW,
                                                SampleLimits.per(2, 3),
                                                KeyConfig.CLIENT))),
                        "api");
        for (int i = 0; i < 5; i++) {
            assertThat(reason(filter, calls.from("192.0.2.7")))
                    .isEqualTo(i < 2 ? "" : "rate-limited");
        }
        ticker.advance(Duration.ofSeconds(1));
        Exchange exchange = calls.from("192.0.2.7");
        assertThat(calls.run(filter, exchange)).as("the minute has one left").isNull();
        Headers headers = Calls.respond(filter, exchange, null).head().headers();
        assertThat(headers.get("ratelimit")).isEqualTo("\"api-minute\";r=0;t=59");
        assertThat(headers.get("ratelimit-policy"))
                .isEqualTo("\"api-second\";q=2;w=1, \"api-minute\";q=3;w=60");
        assertThat(calls.run(filter, calls.from("192.0.2.7")))
                .isInstanceOfSatisfying(
                        Failure.RateLimited.class,
                        it -> assertThat(it.limit()).isEqualTo("api-minute"));
    }

    @Test
    void tiersHaveQuotasOfTheirOwn() {
        LimitConfig config =
                SampleLimits.tiers(
                        SampleLimits.local(
                                Algorithm.SLIDING_LOG,
                                QuotaConfig.perMinute(1),
                                SampleLimits.by("api-key")),
                        Map.of("gold", QuotaConfig.perMinute(3)));
        RequestFilter filter = filter(SampleLimits.named(Map.of("api", config)), "api");
        for (int i = 0; i < 4; i++) {
            assertThat(reason(filter, calls.ofKey("k1", "gold")))
                    .isEqualTo(i < 3 ? "" : "rate-limited");
            assertThat(reason(filter, calls.ofKey("k2", "free")))
                    .isEqualTo(i < 1 ? "" : "rate-limited");
        }
    }

    @Test
    void aRouteMayCostMore() {
        LimitsConfig config =
                SampleLimits.named(
                        Map.of(
                                "api",
                                SampleLimits.local(
                                        Algorithm.FIXED_WINDOW,
                                        QuotaConfig.perMinute(10),
                                        KeyConfig.CLIENT)));
        Limits limits = new Limits(config, state, null);
        RequestFilter search =
                Objects.requireNonNull(limits.filter(SampleLimits.uses("api*6", "api")));
        RequestFilter plain = Objects.requireNonNull(limits.filter(SampleLimits.uses("api")));
        assertThat(reason(search, calls.from("192.0.2.7"))).isEmpty();
        assertThat(reason(search, calls.from("192.0.2.7"))).isEqualTo("rate-limited");
        for (int i = 0; i < 5; i++) {
            assertThat(reason(plain, calls.from("192.0.2.7")))
                    .isEqualTo(i < 4 ? "" : "rate-limited");
        }
        assertThatThrownBy(() -> limits.filter(SampleLimits.uses("api*11")))
                .hasMessageContaining("never fits");
        assertThatThrownBy(() -> limits.filter(SampleLimits.uses("other")))
                .hasMessageContaining("there is no limit 'other'");
        assertThat(limits.filter(List.of())).isNull();
    }

    @Test
    void aDryRunCountsAndShowsNothing() {
        LimitConfig config =
                SampleLimits.dry(
                        SampleLimits.local(
                                Algorithm.FIXED_WINDOW, SampleLimits.per(2, 3), KeyConfig.CLIENT));
        RequestFilter filter = filter(SampleLimits.named(Map.of("trial", config)), "trial");
        Exchange exchange = calls.from("192.0.2.7");
        for (int i = 0; i < 5; i++) {
            exchange = calls.from("192.0.2.7");
            assertThat(calls.run(filter, exchange)).isNull();
        }
        assertThat(Calls.respond(filter, exchange, null).head().headers().size()).isZero();
        LimitCounts counts = of(state.counts(), "trial");
        assertThat(counts.allowed()).isEqualTo(2);
        assertThat(counts.wouldRefuse()).isEqualTo(3);
        assertThat(counts.refused()).isZero();
    }

    @Test
    void countsOutliveTheConfiguration() {
        assertThat(reason(perClient(2), calls.from("192.0.2.7"))).isEmpty();
        RequestFilter changed = perClient(3);
        assertThat(reason(changed, calls.from("192.0.2.7"))).isEmpty();
        assertThat(reason(changed, calls.from("192.0.2.7"))).isEmpty();
        assertThat(reason(changed, calls.from("192.0.2.7"))).isEqualTo("rate-limited");
        assertThat(of(state.counts(), "api").allowed()).isEqualTo(3);
        assertThat(of(state.counts(), "api").refused()).isEqualTo(1);
    }

    @Test
    void whoLacksAPartCountsByAddress() {
        KeyConfig key = SampleLimits.by("user", "header:X-Device");
        RequestFilter filter =
                filter(
                        SampleLimits.named(
                                Map.of(
                                        "api",
                                        SampleLimits.local(
                                                Algorithm.FIXED_WINDOW,
                                                QuotaConfig.perMinute(1),
                                                key))),
                        "api");
        assertThat(reason(filter, calls.from("192.0.2.7", "X-Device", "a"))).isEmpty();
        assertThat(reason(filter, calls.from("192.0.2.7", "X-Device", "b"))).isEmpty();
        assertThat(reason(filter, calls.from("192.0.2.8", "X-Device", "a"))).isEmpty();
        assertThat(reason(filter, calls.from("192.0.2.7", "X-Device", "a")))
                .isEqualTo("rate-limited");
    }

    @Test
    void writesKeysThatNoValueCanForge() {
        Exchange exchange = calls.from("192.0.2.7", "X-Org", "a,b={c}*d é");
        exchange.caller(new Caller("al*ice", "https://idp", "t", Map.of("tenant", "acme", "n", 7)));
        exchange.edge().route("orders");
        KeyText text = new KeyText();
        KeyConfig key =
                SampleLimits.by(
                        "client",
                        "user",
                        "tenant",
                        "claim:n",
                        "route",
                        "header:x-org",
                        "constant:all",
                        "api-key");
        assertThat(key.write(exchange, text)).isTrue();
        assertThat(text)
                .hasToString(
                        "client=192.0.2.7,user=al%2aice*https://idp,tenant=acme,claim=7*n,"
                                + "route=orders,header=a%2cb%3d%7bc%7d%2ad%20%c3%a9*x-org,"
                                + "constant=all,no-api-key=192.0.2.7");
        Exchange longer = calls.from("192.0.2.7", "X-Org", "x".repeat(5000));
        SampleLimits.by("header:x-org").write(longer, text);
        assertThat(text.length()).isLessThan(100);
    }

    private static LimitState realTime() {
        return new LimitState(1000, Ticker.system(), InstantSource.system(), new Random(1));
    }

    private static RequestFilter throttled(LimitState state, LimitConfig config) {
        return Objects.requireNonNull(
                new Limits(SampleLimits.named(Map.of("calm", config)), state, null)
                        .filter(SampleLimits.uses("calm")));
    }

    @Test
    void throttlesInsteadOfRefusingAndReleasesInOrder() {
        LimitState real = realTime();
        LimitConfig config =
                SampleLimits.throttled(
                        SampleLimits.local(
                                Algorithm.LEAKY_BUCKET,
                                new QuotaConfig(
                                        null, null, null, null, 10, Duration.ofMillis(500), null),
                                KeyConfig.CLIENT),
                        new ThrottleConfig(4, Duration.ofSeconds(30)));
        RequestFilter filter = throttled(real, config);
        List<Long> released = new CopyOnWriteArrayList<>();
        List<Integer> order = new CopyOnWriteArrayList<>();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            all.add(
                    calls.onLoop(filter, calls.from("192.0.2.7"))
                            .thenAccept(verdict -> {
                                assertThat(Calls.failure(verdict)).isNull();
                                released.add(real.micros());
                                order.add(number);
                            })
                            .toCompletableFuture());
        }
        assertThat(reason(filter, calls.from("192.0.2.7"))).isEqualTo("rate-limited");
        all.forEach(Calls::join);
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
        // Never earlier than the rate; how much later is the machine's affair.
        assertThat(released.getLast() - released.getFirst()).isGreaterThan(4 * 50_000L - 5_000);
        LimitState.Counts counts = real.counts();
        assertThat(counts.waiting()).isZero();
        assertThat(of(counts, "calm").throttled()).isEqualTo(4);
        assertThat(of(counts, "calm").refused()).isEqualTo(1);
    }

    @Test
    void whoGoesAwayWhileWaitingIsChargedNothing() {
        LimitConfig config =
                SampleLimits.throttled(
                        SampleLimits.local(
                                Algorithm.FIXED_WINDOW, QuotaConfig.perMinute(1), KeyConfig.CLIENT),
                        new ThrottleConfig(1, Duration.ofMinutes(1)));
        RequestFilter filter = filter(SampleLimits.named(Map.of("calm", config)), "calm");
        assertThat(reason(filter, calls.from("192.0.2.7"))).isEmpty();
        Exchange waits = calls.from("192.0.2.7");
        var verdict = calls.onLoop(filter, waits);
        assertThat(reason(filter, calls.from("192.0.2.7"))).isEqualTo("rate-limited");
        assertThat(state.counts().waiting()).isEqualTo(1);
        calls.loop().submit(() -> waits.finished(1)).awaitUninterruptibly();
        assertThat(state.counts().waiting()).isZero();
        assertThat(verdict.toCompletableFuture()).isNotDone();
    }

    @Test
    void whoWaitsTooLongIsRefused() {
        LimitState real = realTime();
        LimitConfig config =
                SampleLimits.throttled(
                        SampleLimits.local(
                                Algorithm.FIXED_WINDOW, SampleLimits.perDay(1), KeyConfig.CLIENT),
                        new ThrottleConfig(5, Duration.ofSeconds(1)));
        RequestFilter filter = throttled(real, config);
        assertThat(reason(filter, calls.from("192.0.2.7"))).isEmpty();
        assertThat(reason(filter, calls.from("192.0.2.7")))
                .as("its turn would come tomorrow")
                .isEqualTo("rate-limited");
        assertThat(of(real.counts(), "calm").throttled()).isZero();
    }

    @Test
    void anOperatorSeesWhatAKeyHasUsedAndForgetsIt() {
        LimitConfig config =
                SampleLimits.tiers(
                        SampleLimits.local(
                                Algorithm.SLIDING_LOG,
                                QuotaConfig.perMinute(2),
                                SampleLimits.by("api-key")),
                        Map.of("gold", QuotaConfig.perMinute(5)));
        Limits limits = new Limits(SampleLimits.named(Map.of("api", config)), state, null);
        RequestFilter filter = Objects.requireNonNull(limits.filter(SampleLimits.uses("api")));
        calls.run(filter, calls.ofKey("k1", "gold"));
        assertThat(Calls.join(limits.look("api", "api-key=k1")))
                .extracting(KeyUse::tier, KeyUse::policy, KeyUse::limit, KeyUse::remaining)
                .containsExactlyInAnyOrder(
                        tuple("", "api-minute", 2L, 1L), tuple("gold", "api-minute", 5L, 4L));
        assertThat(Calls.join(limits.reset("api", "api-key=k1"))).isTrue();
        assertThat(Calls.join(limits.look("api", "api-key=k1")))
                .extracting(KeyUse::remaining)
                .containsExactlyInAnyOrder(2L, 5L);
        assertThat(limits.names()).containsExactly("api");
        assertThatThrownBy(() -> limits.look("none", "api-key=k1"))
                .hasMessageContaining("no limit 'none'");
        assertThatThrownBy(() -> limits.reset("api", "a b")).hasMessageContaining("escaped");
    }
}
