package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.redis.RedisAddress;
import dev.outrider.sidecar.redis.RedisClientRig;
import dev.outrider.sidecar.redis.RedisConfig;
import dev.outrider.sidecar.redis.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RedisDeniedIdsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(20);
    private final FakeClocks clocks = new FakeClocks();

    private static boolean denies(DenyList list, String id) {
        return list.denies(new Caller("s", "i", id, Map.of()));
    }

    @Test
    void aTokenDeniedByOneEdgeIsRefusedByAllUntilItIsOverAnyway() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisClientRig one = new RedisClientRig(RedisClientRig.single(server));
                RedisClientRig two = new RedisClientRig(RedisClientRig.single(server))) {
            await().atMost(PATIENCE)
                    .until(() ->
                            one.redis.status().connected() > 0
                                    && two.redis.status().connected() > 0);
            RedisDeniedIds writer = new RedisDeniedIds(one.redis, clocks);
            try (DenyList list = DenyList.watch(new RedisDeniedIds(two.redis, clocks), POLL)) {
                await().atMost(PATIENCE).until(list::known);
                writer.deny("t1", clocks.instant().plusSeconds(60));
                await().atMost(PATIENCE).until(() -> denies(list, "t1"));
                assertThat(denies(list, "t2")).isFalse();
                clocks.advance(Duration.ofSeconds(120));
                writer.deny("t2", clocks.instant().plusSeconds(60));
                await().atMost(PATIENCE).until(() -> denies(list, "t2") && !denies(list, "t1"));
                assertThat(server.cli("hkeys", "outrider:{denied}")).isEqualTo("t2");
                server.kill();
                await().atMost(PATIENCE).until(() -> list.status().lastError() != null);
                assertThat(denies(list, "t2")).isTrue();
            }
            assertThatThrownBy(() -> writer.deny(" ", clocks.instant()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void noTokenPassesBeforeTheListWasRead() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisClientRig rig = new RedisClientRig(RedisClientRig.single(server));
                EdgeIssuers issuers = new EdgeIssuers().started()) {
            server.kill();
            try (DenyList list = DenyList.watch(new RedisDeniedIds(rig.redis, clocks), POLL)) {
                await().atMost(PATIENCE).until(() -> list.status().failures() > 0);
                assertThat(
                                issuers.tokens(list)
                                        .judge(
                                                FieldValue.of(EdgeIssuers.good("'jti':'a'")),
                                                Runnable::run))
                        .isInstanceOfSatisfying(
                                TokenOutcome.NotReady.class,
                                no -> assertThat(no.reason()).isEqualTo("deny-list-unavailable"));
            }
        }
    }

    /** It takes connections and says nothing, until it is gone. */
    @Test
    void aConnectionThatIsStillBeingMadeIsToldFromOneThatFailed() throws Exception {
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RedisConfig config =
                RedisConfig.single(RedisAddress.parse("127.0.0.1:" + silent.getLocalPort()));
        try (silent;
                RedisClientRig rig = new RedisClientRig(config)) {
            RedisDeniedIds ids = new RedisDeniedIds(rig.redis, clocks);
            assertThatThrownBy(ids::readIfChanged).isInstanceOf(NotConnectedYet.class);
            silent.close();
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThatThrownBy(ids::readIfChanged)
                                    .isInstanceOf(IOException.class)
                                    .isNotInstanceOf(NotConnectedYet.class));
        }
    }
}
