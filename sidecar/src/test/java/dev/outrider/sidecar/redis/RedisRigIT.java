package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Other tests rest on these. */
class RedisRigIT {
    @Test
    void aServerIsKilledAndComesBackOnItsPort() throws IOException {
        try (RedisServer redis = RedisServer.start("--requirepass", "secret")) {
            assertThat(redis.cli("set", "a", "1")).isEqualTo("OK");
            redis.kill();
            assertThat(redis.cli("get", "a")).contains("Connection refused");
            redis.restart();
            assertThat(redis.cli("get", "a")).isEmpty();
        }
    }

    @Test
    void aPausedServerGoesOnWhereItWas() throws IOException {
        try (RedisServer redis = RedisServer.start()) {
            redis.cli("set", "a", "1");
            redis.pause();
            redis.resume();
            assertThat(redis.cli("get", "a")).isEqualTo("1");
        }
    }

    @Test
    void aKilledMasterOfAClusterIsReplaced() throws IOException {
        try (RedisCluster cluster = RedisCluster.start(3, 1)) {
            RedisServer asked = cluster.nodes().getLast();
            RedisServer first = cluster.masterOf("a", asked);
            first.kill();
            await().atMost(Duration.ofMinutes(1))
                    .ignoreExceptions()
                    .until(() -> cluster.masterOf("a", asked) != first);
        }
    }

    @Test
    void theSentinelsMakeTheReplicaMaster() throws IOException {
        try (RedisSentinel redis = RedisSentinel.start()) {
            redis.master().kill();
            redis.awaitMaster(redis.replica());
            assertThat(redis.replica().cli("set", "a", "1")).isEqualTo("OK");
        }
    }
}
