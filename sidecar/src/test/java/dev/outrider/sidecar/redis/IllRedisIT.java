package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Redis that takes connections and calls, and does not answer. */
class IllRedisIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private RedisServer server;
    private RedisClientRig rig;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.start();
        // The budget of production: it is what is tested here.
        rig =
                new RedisClientRig(
                        RedisClientRig.with(RedisClientRig.single(server), Duration.ofMillis(5)));
        await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
    }

    @AfterEach
    void stop() {
        rig.close();
        server.close();
    }

    @Test
    void callsEndWhileRedisHangsAndTheBreakerSparesTheRest() {
        server.pause();
        List<Reason> reasons = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            // It ends though nobody has answered: Redis is paused until all have ended.
            reasons.add(rig.refusal("k"));
        }
        assertThat(reasons).doesNotContainNull();
        assertThat(reasons.getFirst()).isEqualTo(Reason.SLOW);
        // Five waited, and opened it. A connection that is found to hang is cut, and then none
        // waits either.
        assertThat(reasons.subList(5, 50))
                .allMatch(each -> each == Reason.BREAKER_OPEN || each == Reason.DOWN);
        assertThat(rig.redis.status().breakerOpens() == 1 || reasons.contains(Reason.DOWN))
                .isTrue();
        server.resume();
        await().atMost(PATIENCE).until(() -> rig.answers("k"));
        await().atMost(PATIENCE)
                .until(() -> rig.redis.status().breakers().equals(Map.of("redis", "closed")));
        await().atMost(PATIENCE).until(() -> rig.redis.status().pending() == 0);
    }

    /** Else one client with some hundred requests at once would open it for all. */
    @Test
    void callsThatAreLostTogetherAreOneLossToTheBreaker() throws RedisUnavailable {
        server.pause();
        List<CompletionStage<Long>> calls =
                rig.call(() -> CompletableFuture.completedStage(several(200)));
        for (CompletionStage<Long> each : calls) {
            assertThat(RedisClientRig.refusalOf(each)).isEqualTo(Reason.SLOW);
        }
        assertThat(rig.failures(Reason.SLOW)).isEqualTo(200);
        assertThat(rig.redis.status().breakerOpens()).isZero();
    }

    /** In one step of a loop. */
    private List<CompletionStage<Long>> several(int count) {
        List<CompletionStage<Long>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(rig.counting("k" + i, 1));
        }
        return calls;
    }

    @Test
    void aLateAnswerIsDroppedAndCounted() {
        Redis brief = rig.redis.within(Duration.ofMillis(5));
        // Again if this machine stalls for so long that the connection is cut meanwhile.
        await().atMost(PATIENCE)
                .until(() -> {
                    server.pause();
                    @Nullable Reason reason = outcome(brief);
                    server.resume();
                    await().atMost(PATIENCE).until(() -> rig.redis.status().pending() == 0);
                    return reason == Reason.SLOW && rig.redis.status().late() > 0;
                });
    }

    /** Null if it was answered. */
    private static @Nullable Reason outcome(Redis redis) {
        try {
            RedisClientRig.join(redis.delete("k"));
            return null;
        } catch (RedisUnavailable e) {
            return e.reason();
        }
    }

    @Test
    void aConnectionOnWhichNothingComesBackIsCutAndMadeAnew() {
        server.pause();
        await().atMost(PATIENCE)
                .until(() -> {
                    rig.refusal("k");
                    return rig.redis.status().connected() == 0;
                });
        server.resume();
        await().atMost(PATIENCE).until(() -> rig.answers("k"));
    }

    @Test
    void patientCallsPassTheOpenBreaker() throws RedisUnavailable {
        // Again if this machine stalls for so long that the connection is cut meanwhile.
        while (rig.redis.status().breakerOpens() == 0) {
            server.pause();
            for (int i = 0; i < 5; i++) {
                rig.refusal("k");
            }
            server.resume();
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
        }
        assertThat(RedisClientRig.join(rig.redis.within(PATIENCE).delete("k"))).isFalse();
    }

    @Test
    void noMoreCallsAreUnderWayThanMayBe() throws IOException, RedisUnavailable {
        RedisConfig usual = RedisClientRig.single(server);
        RedisConfig narrow =
                new RedisConfig(
                        usual.topology(),
                        usual.addresses(),
                        null,
                        usual.user(),
                        usual.sentinelUser(),
                        null,
                        0,
                        usual.prefix(),
                        usual.budget(),
                        usual.connectTimeout(),
                        3,
                        usual.breaker());
        try (RedisClientRig few = new RedisClientRig(narrow)) {
            await().atMost(PATIENCE).until(() -> few.redis.status().connected() == 2);
            Redis patient = few.redis.within(PATIENCE);
            server.pause();
            List<CompletionStage<Boolean>> calls = new ArrayList<>();
            few.call(() -> {
                for (int i = 0; i < 5; i++) {
                    calls.add(patient.delete("k"));
                }
                return CompletableFuture.completedStage(true);
            });
            assertThat(few.failures(Reason.QUEUE_FULL)).isEqualTo(2);
            server.resume();
            for (CompletionStage<Boolean> each : calls) {
                await().atMost(PATIENCE).until(() -> each.toCompletableFuture().isDone());
            }
            await().atMost(PATIENCE).until(() -> few.answers("k"));
        }
    }

    @Test
    void aScriptThatHoldsRedisUpIsSaid() {
        server.cli("config", "set", "busy-reply-threshold", "10");
        Thread script =
                Thread.ofVirtual().start(() -> server.cli("eval", "while true do end", "0"));
        Redis patient = rig.redis.within(PATIENCE);
        await().atMost(PATIENCE).until(() -> outcome(patient) == Reason.BUSY);
        server.cli("script", "kill");
        await().atMost(PATIENCE).until(() -> !script.isAlive() && rig.answers("k"));
    }
}
