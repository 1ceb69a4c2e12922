package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import dev.outrider.sidecar.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SingleRedisIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Script BOTH =
            new Script("both", "return {redis.call('incr', KEYS[1]), redis.call('incr', KEYS[2])}");

    @Test
    void scriptsAndReadsAnswer() throws IOException, RedisUnavailable {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.answers("up"));
            assertThat(rig.call(() -> rig.redis.run(BOTH, List.of("a", "b"), List.of())))
                    .containsExactly(1L, 1L);
            assertThat(server.cli("get", "outrider:a")).isEqualTo("1");
            assertThat(rig.get("none")).isEqualTo("(none)");
            server.cli("set", "outrider:text", "x");
            assertThat(rig.get("text")).isEqualTo("x");
            assertThat(rig.call(() -> rig.redis.delete("text"))).isTrue();
            assertThat(rig.call(() -> rig.redis.delete("text"))).isFalse();
            server.cli("hset", "outrider:h", "f", "1", "g", "2");
            assertThat(rig.call(() -> rig.redis.hash("h"))).isEqualTo(Map.of("f", "1", "g", "2"));
            assertThat(RedisClientRig.foreignThreads()).isEmpty();
            assertThat(rig.redis.status().topology()).isEqualTo("single");
            assertThat(rig.redis.status().breakers()).isEqualTo(Map.of("redis", "closed"));
        }
    }

    @Test
    void aLargeHashIsReadInPieces() throws IOException, RedisUnavailable {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.answers("up"));
            server.cli(
                    "eval",
                    "for i = 1, 5000 do redis.call('hset', 'outrider:h', 'f' .. i, i) end",
                    "0");
            long before = rig.redis.status().calls();
            assertThat(rig.call(() -> rig.redis.hash("h"))).hasSize(5000).containsEntry("f7", "7");
            assertThat(rig.redis.status().calls() - before).isGreaterThan(5);
        }
    }

    @Test
    void aProxyOnATransportThatLettuceWouldNotTakeLendsItALoop() throws IOException {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig =
                        new RedisClientRig(RedisClientRig.single(server), Transport.Kind.NIO)) {
            await().atMost(PATIENCE).until(() -> rig.answers("k"));
        }
    }

    @Test
    void aNameIsLookedUp() throws IOException {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig =
                        new RedisClientRig(
                                RedisClientRig.with(
                                        RedisConfig.single(
                                                new RedisAddress("localhost", server.port())),
                                        PATIENCE.dividedBy(10)))) {
            await().atMost(PATIENCE).until(() -> rig.answers("k"));
        }
    }

    @Test
    void aCallFromNoLoopIsAnsweredToo() throws IOException, RedisUnavailable {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
            assertThat(RedisClientRig.join(rig.redis.delete("a"))).isFalse();
        }
    }

    @Test
    void aScriptOfTheWrongTypeOrWithAnErrorIsABugAndNoIllness()
            throws IOException, RedisUnavailable {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.answers("up"));
            for (Script each :
                    List.of(
                            new Script("text", "return 'no number'"),
                            new Script("broken", "return redis.call('incr')"))) {
                for (int i = 0; i < 10; i++) {
                    assertThat(
                                    reason(() ->
                                            rig.call(() ->
                                                    rig.redis.run(each, List.of("k"), List.of()))))
                            .isEqualTo(Reason.ERROR);
                }
            }
            assertThat(rig.count("k", 1)).isEqualTo(1);
            assertThat(rig.redis.status().breakerOpens()).isZero();
        }
    }

    interface Refused {
        void run() throws RedisUnavailable;
    }

    private static Reason reason(Refused call) {
        try {
            call.run();
            throw new AssertionError("it was answered");
        } catch (RedisUnavailable e) {
            return e.reason();
        }
    }

    @Test
    void aRedisThatIsDownAtTheStartHindersNothing() throws IOException, RedisUnavailable {
        try (RedisServer server = RedisServer.start()) {
            server.kill();
            try (RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
                assertThat(rig.refusal("k")).isEqualTo(Reason.DOWN);
                await().atMost(PATIENCE)
                        .until(() ->
                                String.valueOf(rig.redis.status().lastError()).contains("refused"));
                server.restart();
                await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
                assertThat(rig.count("k", 1)).isEqualTo(1);
            }
        }
    }

    @Test
    void aKilledRedisFailsAtOnceAndIsFoundAgain() throws IOException, RedisUnavailable {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
            assertThat(rig.count("k", 1)).isEqualTo(1);
            server.kill();
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 0);
            assertThat(rig.refusal("k")).isEqualTo(Reason.DOWN);
            server.restart();
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
            await().atMost(PATIENCE).until(() -> rig.answers("k"));
        }
    }

    @Test
    void aFlushedRedisIsTaughtItsScriptsAnew() throws IOException, RedisUnavailable {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.answers("up"));
            assertThat(rig.count("k", 5)).isEqualTo(5);
            server.cli("script", "flush");
            assertThat(rig.count("k", 5)).isEqualTo(10);
            server.cli("flushall");
            assertThat(rig.count("k", 5)).isEqualTo(5);
            assertThat(rig.redis.status().failures().values()).containsOnly(0L);
        }
    }

    @Test
    void aFullRedisRefusesWritesAndStillAnswersReads() throws IOException, RedisUnavailable {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.answers("up"));
            server.cli("set", "outrider:text", "x");
            server.cli("config", "set", "maxmemory", "1");
            for (int i = 0; i < 20; i++) {
                assertThat(rig.refusal("k")).isEqualTo(Reason.FULL);
            }
            assertThat(rig.get("text")).isEqualTo("x");
            assertThat(rig.redis.status().breakerOpens()).isZero();
            server.cli("config", "set", "maxmemory", "0");
            assertThat(rig.count("k", 1)).isEqualTo(1);
        }
    }

    @Test
    void aReplicaTakesNoWrites() throws IOException {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.answers("up"));
            server.cli("replicaof", "127.0.0.1", Integer.toString(server.tlsPort()));
            await().atMost(PATIENCE).until(() -> rig.refusal("k") == Reason.READ_ONLY);
            server.cli("replicaof", "no", "one");
            await().atMost(PATIENCE).until(() -> rig.answers("k"));
        }
    }

    @Test
    void aClosedClientEndsWhatIsUnderWayAndRefusesMore() throws IOException {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE).until(() -> rig.answers("up"));
            server.pause();
            var under = rig.redis.within(PATIENCE).delete("k");
            await().atMost(PATIENCE).until(() -> rig.redis.status().pending() == 1);
            rig.redis.close();
            assertThat(reason(() -> RedisClientRig.join(under))).isEqualTo(Reason.CLOSED);
            assertThat(rig.refusal("k")).isEqualTo(Reason.CLOSED);
        }
    }
}
