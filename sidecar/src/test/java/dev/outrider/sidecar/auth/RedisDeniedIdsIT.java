package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.redis.RedisClientRig;
import dev.outrider.sidecar.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances that share a deny list in Redis. */
class RedisDeniedIdsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Instant LATER = CLOCK.instant().plusSeconds(3600);

    private RedisServer server;
    private RedisClientRig rig;
    private RedisDeniedIds ids;
    private DenyList one;
    private DenyList other;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.start();
        rig = new RedisClientRig(RedisClientRig.single(server));
        ids = new RedisDeniedIds(rig.redis, CLOCK);
        one = DenyList.watch(new RedisDeniedIds(rig.redis, CLOCK), POLL);
        other = DenyList.watch(new RedisDeniedIds(rig.redis, CLOCK), POLL);
        await().atMost(PATIENCE).until(() -> one.known() && other.known());
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
        rig.close();
        server.close();
    }

    private static Caller caller(String id) {
        return new Caller("s", "i", id, Map.of());
    }

    private boolean denied(String id) {
        return one.denies(caller(id)) && other.denies(caller(id));
    }

    @Test
    void aDeniedIdIsRefusedByEveryInstance() throws IOException, InterruptedException {
        ids.deny("stolen", LATER);
        await().atMost(PATIENCE).until(() -> denied("stolen"));
        assertThat(one.denies(caller("good"))).isFalse();
        ids.deny("stolen too", LATER);
        await().atMost(PATIENCE).until(() -> denied("stolen too"));
        assertThat(denied("stolen")).isTrue();
    }

    @Test
    void anotherProgramMayDenyByTwoCommands() {
        server.cli("hset", "outrider:{denied}", "stolen", Long.toString(LATER.getEpochSecond()));
        server.cli("incr", "outrider:{denied}:version");
        await().atMost(PATIENCE).until(() -> denied("stolen"));
    }

    @Test
    void theLastListHoldsWhileRedisIsDownOrWasFlushed() throws IOException, InterruptedException {
        ids.deny("stolen", LATER);
        await().atMost(PATIENCE).until(() -> denied("stolen"));
        server.kill();
        await().atMost(PATIENCE).until(() -> one.status().lastError() != null);
        assertThat(denied("stolen")).isTrue();
        // It keeps nothing: the table is gone, which does not mean that it is empty.
        server.restart();
        await().atMost(PATIENCE)
                .until(() -> String.valueOf(one.status().lastError()).contains("is gone"));
        assertThat(denied("stolen")).isTrue();
        await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
        ids.deny("stolen later", LATER);
        await().atMost(PATIENCE).until(() -> denied("stolen later"));
    }

    @Test
    void aListThatWasNeverReadIsNotKnown() throws IOException {
        server.kill();
        await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 0);
        try (DenyList late = DenyList.watch(new RedisDeniedIds(rig.redis, CLOCK), POLL)) {
            await().atMost(PATIENCE).until(() -> late.status().lastError() != null);
            assertThat(late.known()).isFalse();
            server.restart();
            await().atMost(PATIENCE).until(late::known);
        }
    }
}
