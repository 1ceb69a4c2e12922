package dev.outrider.sidecar.limit;

import static dev.outrider.sidecar.schema.Plain.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.schema.InvalidValue;
import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitConfigTest {
    @Test
    void aQuotaIsAllThatALimitNeeds() {
        LimitConfig config = read(LimitConfig.SCHEMA, Map.of("quotas", Map.of("minute", 100)));
        assertThat(config.algorithm()).isEqualTo(Algorithm.SLIDING_COUNTER);
        assertThat(config.policy()).isEqualTo(LimitConfig.Policy.LOCAL);
        assertThat(config.key()).isEqualTo(KeyConfig.CLIENT);
        assertThat(config.quotas()).isEqualTo(QuotaConfig.perMinute(100));
        assertThat(read(LimitsConfig.SCHEMA, Map.of())).isEqualTo(LimitsConfig.NONE);
    }

    @Test
    void readsAllThatIsSaid() {
        LimitConfig config =
                read(
                        LimitConfig.SCHEMA,
                        Map.of(
                                "algorithm",
                                "token-bucket",
                                "quotas",
                                Map.of("requests", 5, "per", "10s", "burst", 20),
                                "tiers",
                                Map.of("gold", Map.of("day", 1000)),
                                "key",
                                List.of("tenant", "header:X-Device", "claim:org"),
                                "absent",
                                "shared",
                                "policy",
                                "leased",
                                "onRedisFailure",
                                "closed",
                                "leaseShare",
                                "25%",
                                "cost",
                                2,
                                "throttle",
                                Map.of("queue", 3, "wait", "500ms")));
        assertThat(config.quotas().rules(config.algorithm()))
                .containsExactly(Bucket.of(20, 5, 10_000_000));
        assertThat(config.key().parts())
                .extracting(KeyPart::toString)
                .containsExactly("tenant", "header:x-device", "claim:org");
        assertThat(config.key().absent()).isEqualTo(KeyConfig.Absent.SHARED);
        assertThat(config.leaseShare()).isEqualTo(0.25);
        assertThat(config.throttle()).isEqualTo(new ThrottleConfig(3, Duration.ofMillis(500)));
        assertThat(read(LimitUse.SCHEMA, "per-key*5")).isEqualTo(new LimitUse("per-key", 5));
        assertThat(read(LimitUse.SCHEMA, "per-key")).hasToString("per-key");
    }

    static List<Map<String, ?>> wrong() {
        Map<String, Integer> minute = Map.of("minute", 10);
        return List.of(
                Map.of(),
                Map.of("quotas", Map.of()),
                Map.of("quotas", Map.of("requests", 5)),
                Map.of("quotas", Map.of("requests", 5, "per", "1ms")),
                Map.of("quotas", minute, "cost", 11),
                Map.of("quotas", Map.of("minute", 10, "burst", 5)),
                Map.of(
                        "algorithm",
                        "token-bucket",
                        "quotas",
                        Map.of("second", 1, "minute", 10, "burst", 5)),
                Map.of("algorithm", "sliding-log", "quotas", Map.of("minute", 10_001)),
                Map.of("algorithm", "leaky-bucket", "quotas", minute, "cost", 2),
                Map.of("quotas", minute, "tiers", Map.of("small", Map.of("minute", 1)), "cost", 2),
                Map.of("quotas", minute, "key", List.of()),
                Map.of("quotas", minute, "key", "cookie"),
                Map.of("quotas", minute, "key", "header:"),
                Map.of("quotas", minute, "leaseShare", "0%"),
                Map.of("quotas", minute, "dryRun", true, "throttle", Map.of()),
                Map.of("quotas", minute, "throttle", Map.of("wait", "2m")));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void refusesWhatCannotHold(Map<String, ?> config) {
        assertThatThrownBy(() -> read(LimitConfig.SCHEMA, config)).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "-a", "a*0", "a*", "a b", "a\"b"})
    void namesAreFitForHeadersAndKeys(String name) {
        assertThatThrownBy(() -> read(LimitUse.SCHEMA, name)).isInstanceOf(InvalidValue.class);
    }

    @Test
    void aLimitInRedisNeedsARedis() {
        LimitsConfig config =
                read(
                        LimitsConfig.SCHEMA,
                        Map.of(
                                "named",
                                Map.of(
                                        "api",
                                        Map.of("quotas", Map.of("minute", 1), "policy", "redis"))));
        LimitState state =
                new LimitState(64, Ticker.system(), InstantSource.system(), new Random(1));
        assertThatThrownBy(() -> new Limits(config, state, null))
                .hasMessageContaining("add redis, or set its policy to local");
    }
}
