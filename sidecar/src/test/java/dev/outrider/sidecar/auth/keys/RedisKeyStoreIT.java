package dev.outrider.sidecar.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.redis.Redis;
import dev.outrider.sidecar.redis.RedisClientRig;
import dev.outrider.sidecar.redis.RedisCluster;
import dev.outrider.sidecar.redis.RedisServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Two edges on one real Redis. */
final class RedisKeyStoreIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private final FakeTime time = new FakeTime();

    private KeyOperations operations(Redis redis) {
        return new KeyOperations(new RedisKeyStore(redis), time, new SecureRandom(), () -> {});
    }

    private ApiKeys started(Redis redis) {
        ApiKeys keys = new ApiKeys(new RedisKeyStore(redis), Duration.ofHours(1), time, time);
        keys.start();
        await().atMost(PATIENCE).until(() -> keys.status().known());
        return keys;
    }

    private static KeyRequest request(String owner) {
        return new KeyRequest(owner, "gold", List.of("read"), List.of(), "", null);
    }

    private static boolean accepts(ApiKeys keys, IssuedKey key) {
        return keys.judge(FieldValue.of(key.secret())) instanceof KeyOutcome.Accepted;
    }

    private static void connected(RedisClientRig rig) {
        await().atMost(PATIENCE).until(() -> rig.redis.status().connected() > 0);
    }

    @Test
    void whatOneEdgeDoesToAKeyTheOtherSees() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisClientRig one = new RedisClientRig(RedisClientRig.single(server));
                RedisClientRig two = new RedisClientRig(RedisClientRig.single(server))) {
            connected(one);
            connected(two);
            KeyOperations operations = operations(one.redis);
            try (ApiKeys here = started(one.redis);
                    ApiKeys there = started(two.redis)) {
                IssuedKey key = operations.create(request("acme"));
                await().atMost(PATIENCE).until(() -> accepts(there, key) && accepts(here, key));
                IssuedKey next =
                        operations(two.redis).rotate(key.key().id(), Duration.ofHours(1), null);
                await().atMost(PATIENCE).until(() -> accepts(here, next));
                assertThat(accepts(here, key)).isTrue();
                operations.revoke(key.key().id());
                await().atMost(PATIENCE).until(() -> !accepts(there, key) && !accepts(here, key));
                assertThat(operations.list()).hasSize(2);
                assertThat(server.cli("hgetall", "outrider:{apikeys}"))
                        .contains(key.key().hash())
                        .doesNotContain(key.secret().substring(17));
            }
        }
    }

    @Test
    void changesByManyAtOnceAreAllThere() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            connected(rig);
            List<Future<IssuedKey>> made = new ArrayList<>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 4; i++) {
                    String owner = "o" + i;
                    made.add(threads.submit(() -> operations(rig.redis).create(request(owner))));
                }
            }
            for (Future<IssuedKey> each : made) {
                String id = each.get().key().id();
                assertThat(operations(rig.redis).show(id)).isEqualTo(each.get().key());
            }
        }
    }

    @Test
    void knownKeysStandWhileRedisIsAwayAndAreNotLostWithItsMemory() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            connected(rig);
            IssuedKey key = operations(rig.redis).create(request("acme"));
            try (ApiKeys keys = started(rig.redis)) {
                assertThat(accepts(keys, key)).isTrue();
                server.cli("del", "outrider:{apikeys}");
                server.cli("incr", "outrider:{apikeys}:version");
                await().atMost(PATIENCE).until(() -> keys.status().lastError() != null);
                assertThat(keys.status().lastError()).contains("the rows");
                assertThat(accepts(keys, key)).isTrue();
                server.cli("flushall");
                await().atMost(PATIENCE)
                        .until(() ->
                                String.valueOf(keys.status().lastError())
                                        .contains("apikeys} is gone from redis"));
                assertThat(accepts(keys, key)).isTrue();
                server.kill();
                await().atMost(PATIENCE)
                        .until(() -> !String.valueOf(keys.status().lastError()).contains("gone"));
                assertThat(accepts(keys, key)).isTrue();
                assertThatIOException()
                        .isThrownBy(() -> operations(rig.redis).create(request("b")))
                        .withMessageContaining("redis");
                time.advance(Duration.ofMinutes(61));
                assertThat(keys.judge(FieldValue.of(key.secret())))
                        .isInstanceOf(KeyOutcome.NotReady.class);
            }
        }
    }

    @Test
    void aClusterKeepsThemInOneSlot() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                RedisClientRig rig = new RedisClientRig(RedisClientRig.cluster(cluster))) {
            connected(rig);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() ->
                            assertThat(operations(rig.redis).create(request("a"))).isNotNull());
            IssuedKey key = operations(rig.redis).create(request("acme"));
            try (ApiKeys keys = started(rig.redis)) {
                await().atMost(PATIENCE).until(() -> accepts(keys, key));
            }
        }
    }
}
