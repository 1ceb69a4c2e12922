package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterRedisIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Script BOTH =
            new Script("both", "return {redis.call('incr', KEYS[1]), redis.call('incr', KEYS[2])}");

    /** So many that every master serves some. */
    private static final List<String> USERS =
            IntStream.range(0, 40).mapToObj(each -> "{user" + each + "}").toList();

    private static void awaitAll(RedisClientRig rig) {
        await().atMost(PATIENCE)
                .until(() -> USERS.stream().allMatch(each -> rig.answers("up:" + each)));
    }

    @Test
    void scriptsOnKeysOfOneTagRunOnWhicheverNodeHasIt() throws IOException, RedisUnavailable {
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                RedisClientRig rig = new RedisClientRig(RedisClientRig.cluster(cluster))) {
            awaitAll(rig);
            for (String user : USERS) {
                List<String> keys = List.of("minute:" + user, "hour:" + user);
                for (long i = 1; i <= 3; i++) {
                    assertThat(rig.call(() -> rig.redis.run(BOTH, keys, List.of())))
                            .containsExactly(i, i);
                }
            }
            assertThat(cluster.nodes()).allMatch(each -> Integer.parseInt(each.cli("dbsize")) > 0);
            assertThat(RedisClientRig.foreignThreads()).isEmpty();
            Map<String, String> breakers = rig.redis.status().breakers();
            assertThat(breakers.values()).hasSize(3).containsOnly("closed");
        }
    }

    @Test
    void theRightsThatTheDocumentationNamesAreEnough() throws IOException, RedisUnavailable {
        String rights =
                "on >secret ~outrider:* -@all +@connection +@read +@write +@scripting -@dangerous"
                        + " +time +info +cluster|nodes";
        List<String> user = new ArrayList<>(List.of("--user", "edge"));
        user.addAll(List.of(rights.split(" ")));
        try (RedisCluster cluster = RedisCluster.start(3, 0, user.toArray(String[]::new))) {
            RedisConfig usual = RedisClientRig.cluster(cluster);
            RedisConfig asEdge =
                    new RedisConfig(
                            usual.topology(),
                            usual.addresses(),
                            null,
                            new RedisUser("edge", new Secret("secret"), null),
                            usual.sentinelUser(),
                            null,
                            0,
                            usual.prefix(),
                            usual.budget(),
                            usual.connectTimeout(),
                            usual.pending(),
                            usual.breaker());
            try (RedisClientRig rig = new RedisClientRig(asEdge)) {
                awaitAll(rig);
                Script time = new Script("time", "return tonumber(redis.call('time')[1])");
                assertThat(rig.call(() -> rig.redis.run(time, List.of("k"), List.of()))).hasSize(1);
                assertThat(rig.count("k", 1)).isEqualTo(1);
                assertThat(rig.get("k")).isEqualTo("1");
                assertThat(rig.call(() -> rig.redis.hash("none"))).isEmpty();
                assertThat(rig.call(() -> rig.redis.delete("k"))).isTrue();
            }
        }
    }

    @Test
    void keysOfTwoSlotsInOneScriptAreABug() throws IOException {
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                RedisClientRig rig = new RedisClientRig(RedisClientRig.cluster(cluster))) {
            awaitAll(rig);
            RedisUnavailable why = null;
            try {
                rig.call(() -> rig.redis.run(BOTH, List.of("{user1}", "{user2}"), List.of()));
            } catch (RedisUnavailable e) {
                why = e;
            }
            assertThat(why).isNotNull().hasMessageContaining("CROSSSLOT");
        }
    }

    @Test
    void aKilledMastersReplicaTakesOverAndTheOthersKeysNoticeNothing() throws IOException {
        losesItsMaster(RedisServer::kill);
    }

    @Test
    void soDoesTheReplicaOfAMasterThatHangs() throws IOException {
        losesItsMaster(RedisServer::pause);
    }

    private interface Harm {
        void done(RedisServer server);
    }

    private static void losesItsMaster(Harm harm) throws IOException {
        // Or the whole cluster stops until the replica has taken over, as it does by default.
        try (RedisCluster cluster =
                        RedisCluster.start(3, 1, "--cluster-require-full-coverage", "no");
                RedisClientRig rig = new RedisClientRig(RedisClientRig.cluster(cluster))) {
            awaitAll(rig);
            RedisServer asked = cluster.nodes().getLast();
            RedisServer lost = cluster.masterOf("outrider:" + USERS.getFirst(), asked);
            List<String> others =
                    USERS.stream()
                            .filter(each -> cluster.masterOf("outrider:" + each, asked) != lost)
                            .toList();
            assertThat(others).isNotEmpty();
            harm.done(lost);
            await().atMost(PATIENCE)
                    .until(() -> {
                        boolean back = rig.refusal(USERS.getFirst()) == null;
                        for (String each : others) {
                            assertThat(rig.refusal(each)).isNull();
                        }
                        return back;
                    });
            awaitAll(rig);
            lost.resume();
        }
    }

    @Test
    void slotsMoveUnderLoadAndNothingIsCountedTwiceOrNot() throws IOException, RedisUnavailable {
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                RedisClientRig rig = new RedisClientRig(RedisClientRig.cluster(cluster))) {
            awaitAll(rig);
            RedisServer from =
                    cluster.masterOf("outrider:" + USERS.getFirst(), cluster.nodes().getFirst());
            RedisServer to =
                    cluster.nodes().stream().filter(each -> each != from).findFirst().orElseThrow();
            Thread reshard =
                    Thread.ofVirtual()
                            .start(() ->
                                    from.cli(
                                            "--cluster",
                                            "reshard",
                                            from.address(),
                                            "--cluster-from",
                                            from.cli("cluster", "myid"),
                                            "--cluster-to",
                                            to.cli("cluster", "myid"),
                                            "--cluster-slots",
                                            "5000",
                                            "--cluster-yes"));
            long counted = 0;
            while (reshard.isAlive() || counted < 100) {
                for (String user : USERS) {
                    rig.count("moving:" + user, 1);
                }
                counted++;
            }
            for (String user : USERS) {
                assertThat(rig.count("moving:" + user, 0)).isEqualTo(counted);
            }
            assertThat(from.cli("cluster", "nodes")).contains("connected");
            assertThat(cluster.masterOf("outrider:" + USERS.getFirst(), to)).isSameAs(to);
        }
    }
}
