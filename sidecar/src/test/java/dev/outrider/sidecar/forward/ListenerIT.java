package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener's connections as a whole: how many there may be, and how they end. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class ListenerIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final CountDownLatch go = new CountDownLatch(1);
    private RawUpstream upstream;
    private ProxyRig rig;

    private void start() throws IOException {
        upstream =
                new RawUpstream((connection, _) -> {
                    while (true) {
                        if (connection.head().startsWith("GET /slow")) {
                            go.await();
                        }
                        connection.write(RawUpstream.OK);
                    }
                });
        rig = new ProxyRig(new ServiceConfigs.Knobs(), upstream);
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
        upstream.close();
    }

    @Test
    void turnsConnectionsAwayOverTheLimit() throws IOException {
        start();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < ProxyRig.CONNECTIONS; i++) {
            clients.add(new RawClient(rig.port()));
        }
        await().until(() -> rig.listener().connections() == ProxyRig.CONNECTIONS);
        try (RawClient further = new RawClient(rig.port())) {
            assertThat(further.rest()).isIn("", "<reset>");
        }
        assertThat(rig.listener().refused()).isEqualTo(1);
        clients.removeFirst().close();
        await().until(() -> rig.listener().connections() == ProxyRig.CONNECTIONS - 1);
        try (RawClient further = new RawClient(rig.port())) {
            assertThat(further.send(GET).answer().status()).isEqualTo(200);
        }
        for (RawClient each : clients) {
            each.close();
        }
        await().until(() -> rig.listener().connections() == 0);
    }

    @Test
    void finishesWhatIsUnderWayAndClosesTheRestWhenItDrains() throws IOException {
        start();
        try (RawClient idle = new RawClient(rig.port());
                RawClient busy = new RawClient(rig.port());
                RawClient half = new RawClient(rig.port())) {
            assertThat(idle.send(GET).answer().status()).isEqualTo(200);
            busy.send(GET.replace("/ ", "/slow "));
            await().until(() -> upstream.heads.size() == 2);
            half.send("GET / HTTP/1.1\r\nHo");
            // Its turn has come when a later connection has been served.
            try (RawClient later = new RawClient(rig.port())) {
                assertThat(later.send(GET).answer().status()).isEqualTo(200);
            }
            rig.listener().drain();
            assertThat(idle.rest()).isEmpty();
            go.countDown();
            RawClient.Answer answer = busy.answer();
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.has("Connection: close")).isTrue();
            assertThat(busy.rest()).isEmpty();
            half.send("st: a\r\n\r\n");
            assertThat(half.answer().has("Connection: close")).isTrue();
            assertThat(half.rest()).isEmpty();
        }
        await().until(() -> rig.listener().connections() == 0);
    }

    @Test
    void closesConnectionsThatComeWhileItDrains() throws IOException {
        start();
        rig.listener().drain();
        try (RawClient late = new RawClient(rig.port())) {
            assertThat(late.rest()).isIn("", "<reset>");
        }
    }
}
