package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SentinelRedisIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void afterAFailoverUnderLoadCallsGoToTheNewMaster() throws IOException, InterruptedException {
        try (RedisSentinel redis = RedisSentinel.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.sentinel(redis))) {
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong answered = new AtomicLong();
            Thread load =
                    Thread.ofVirtual()
                            .start(() -> {
                                while (!over.get()) {
                                    if (rig.refusal("k") == null) {
                                        answered.incrementAndGet();
                                    }
                                }
                            });
            await().atMost(PATIENCE).until(() -> answered.get() > 100);
            redis.master().kill();
            redis.awaitMaster(redis.replica());
            long then = answered.get();
            await().atMost(PATIENCE).until(() -> answered.get() > then + 100);
            // The old one comes back, and has to follow.
            redis.master().restart();
            await().atMost(PATIENCE).until(() -> redis.master().cli("role").startsWith("slave"));
            long later = answered.get();
            await().atMost(PATIENCE).until(() -> answered.get() > later + 100);
            assertThat(RedisClientRig.foreignThreads()).isEmpty();
            over.set(true);
            load.join();
            assertThat(Long.parseLong(redis.replica().cli("get", "outrider:k"))).isPositive();
        }
    }

    @Test
    void aMasterThatHangsIsLeftForTheNewOne() throws IOException {
        try (RedisSentinel redis = RedisSentinel.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.sentinel(redis))) {
            await().atMost(PATIENCE).until(() -> rig.answers("k"));
            redis.master().pause();
            redis.awaitMaster(redis.replica());
            await().atMost(PATIENCE).until(() -> rig.answers("k"));
            redis.master().resume();
            await().atMost(PATIENCE).until(() -> redis.master().cli("role").startsWith("slave"));
            await().atMost(PATIENCE).until(() -> rig.answers("k"));
        }
    }

    @Test
    void aSentinelThatIsDownIsPassedOver() throws IOException {
        try (RedisSentinel redis = RedisSentinel.start()) {
            redis.sentinels().getFirst().kill();
            try (RedisClientRig rig = new RedisClientRig(RedisClientRig.sentinel(redis))) {
                await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
                await().atMost(PATIENCE).until(() -> rig.answers("k"));
            }
        }
    }
}
