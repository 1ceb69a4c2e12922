package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.redis.RedisConfig.Topology;
import dev.outrider.sidecar.schema.InvalidValue;
import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisConfigTest {
    private static Value scalar(String text) {
        return new Value.Scalar(Value.Place.NOWHERE, text);
    }

    private static RedisConfig read(Map<String, String> fields) {
        Map<String, Value> values = new HashMap<>();
        fields.forEach((key, text) -> values.put(key, scalar(text)));
        return RedisConfig.SCHEMA.read(new Value.Mapping(Value.Place.NOWHERE, values));
    }

    @Test
    void anAddressIsEnough() {
        RedisConfig config = read(Map.of("addresses", "redis:6379"));
        assertThat(config).isEqualTo(RedisConfig.single(new RedisAddress("redis", 6379)));
        assertThat(config.budget()).isEqualTo(Duration.ofMillis(5));
        assertThat(config.prefix()).isEqualTo("outrider:");
    }

    @Test
    void sentinelsNeedTheNameOfTheMasterAndMayHaveTheirOwnPassword() {
        RedisConfig config =
                read(
                        Map.of(
                                "topology", "sentinel",
                                "addresses", "[::1]:26379",
                                "master", "mymaster",
                                "user", "edge",
                                "passwordFile", "/run/secrets/redis",
                                "sentinelPassword", "s3cret"));
        assertThat(config.topology()).isEqualTo(Topology.SENTINEL);
        assertThat(config.addresses()).isEqualTo(List.of(new RedisAddress("::1", 26379)));
        assertThat(config.user())
                .isEqualTo(new RedisUser("edge", null, Path.of("/run/secrets/redis")));
        assertThat(config.sentinelUser()).isEqualTo(new RedisUser("", new Secret("s3cret"), null));
    }

    @Test
    void noPasswordIsEverShown() {
        assertThat(read(Map.of("addresses", "redis:6379", "password", "s3cret")).toString())
                .doesNotContain("s3cret")
                .contains("(redacted)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topology | sentinel | give the name of the master",
                "master | mymaster | give the name of the master",
                "user | edge | user 'edge' needs a password",
                "prefix | a{b}: | must not hold braces",
                "budget | 11s | budget must be between 1ms and 10s",
                "connectTimeout | 1ms | connectTimeout must be between 10ms and 30s",
                "sentinelPassword | x | need topology sentinel",
                "addresses | redis | expected a host and a port",
                "addresses | redis:0 | expected a port from 1 to 65535"
            })
    void whatCannotBeIsRefusedWithAMend(String key, String value, String sentence) {
        Map<String, String> fields = new HashMap<>(Map.of("addresses", "redis:6379"));
        fields.put(key, value);
        assertThatThrownBy(() -> read(fields))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void aPasswordStandsInOnePlace() {
        assertThatThrownBy(() ->
                        read(
                                Map.of(
                                        "addresses", "redis:6379",
                                        "password", "x",
                                        "passwordFile", "y")))
                .hasMessageContaining("not both");
    }

    @Test
    void aClusterHasOneDatabase() {
        assertThatThrownBy(() ->
                        read(
                                Map.of(
                                        "topology", "cluster",
                                        "addresses", "redis:6379",
                                        "database", "1")))
                .hasMessageContaining("database 0");
    }

    @Test
    void theReferenceKnowsEveryField() {
        assertThat(((RecordSchema<RedisConfig>) RedisConfig.SCHEMA).fields())
                .extracting(RecordSchema.Field::name)
                .contains("passwordFile", "sentinelPasswordFile", "tls", "breaker", "pending");
    }
}
