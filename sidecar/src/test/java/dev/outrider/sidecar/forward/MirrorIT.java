package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.body.MirrorConfig;
import dev.outrider.sidecar.body.MirrorCounts;
import dev.outrider.sidecar.body.MirrorFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Copies of requests to another service, over real connections. */
class MirrorIT {
    private static final String POST = "POST /x?q HTTP/1.1\r\nHost: upstream\r\nX-Own: 1\r\n";

    private final MirrorCounts counts = new MirrorCounts();

    private MirrorFilter mirror(ProxyRig rig, RawUpstream to, MirrorConfig config) {
        MirrorFilter mirror =
                new MirrorFilter(
                        config,
                        rig.chainTo("mirror", to),
                        Ticker.system(),
                        () -> new Random(7),
                        counts);
        rig.route(
                List.of(
                        mirror,
                        exchange -> {
                            exchange.request().headers().set("X-Token", "for the real one");
                            return Verdict.CONTINUE;
                        }),
                upstream -> upstream);
        return mirror;
    }

    private static MirrorConfig config(long maxBody, int maxAtOnce, Duration timeout) {
        return new MirrorConfig("mirror", 1, maxBody, maxAtOnce, timeout);
    }

    private static final MirrorConfig GENEROUS = config(1024, 10, Duration.ofSeconds(20));

    private static void post(RawClient client, String body) throws IOException {
        client.send(POST + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok");
    }

    @Test
    void theOtherServiceGetsTheSameWithoutWhatIsForTheRealOne() throws IOException {
        try (RawUpstream real = RawUpstream.answering(RawUpstream.OK);
                RawUpstream other = RawUpstream.answering(RawUpstream.OK.replace("ok", "no"));
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), real);
                RawClient client = new RawClient(rig.port())) {
            MirrorFilter mirror = mirror(rig, other, GENEROUS);
            post(client, "hello");
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("ok");
            client.send("GET /y HTTP/1.1\r\nHost: upstream\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("ok");
            await().until(() -> other.bodies.size() == 3 && mirror.underWay() == 0);
            assertThat(other.bodies).containsExactlyInAnyOrder("hello", "abcd", "");
            assertThat(real.bodies).containsExactly("hello", "abcd", "");
            assertThat(real.heads).allMatch(head -> head.contains("X-Token"));
            assertThat(other.heads)
                    .allMatch(head -> head.contains("X-Outrider-Mirrored: true"))
                    .noneMatch(head -> head.contains("X-Token"))
                    .anyMatch(head -> head.startsWith("POST /x?q ") && head.contains("X-Own: 1"));
            assertThat(counts.sent()).isEqualTo(3);
            assertThat(counts.left()).isZero();
        }
    }

    @Test
    void largerBodiesAreNotMirrored() throws IOException {
        try (RawUpstream real = RawUpstream.answering(RawUpstream.OK);
                RawUpstream other = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), real);
                RawClient client = new RawClient(rig.port())) {
            MirrorFilter mirror = mirror(rig, other, config(4, 10, Duration.ofSeconds(20)));
            post(client, "12345");
            client.send(
                    POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("ok");
            post(client, "1234");
            await().until(() -> other.bodies.size() == 1 && mirror.underWay() == 0);
            assertThat(other.bodies).containsExactly("1234");
            assertThat(real.bodies).containsExactly("12345", "abcdef", "1234");
            assertThat(counts.left()).isEqualTo(2);
        }
    }

    /** The real one is answered while all copies hang, and further ones are not made. */
    @Test
    void aMirrorThatHangsHoldsNobodyUp() throws IOException {
        try (RawUpstream real = RawUpstream.answering(RawUpstream.OK);
                RawUpstream other =
                        new RawUpstream((connection, _) -> {
                            connection.head();
                            connection.untilClosed();
                        });
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), real);
                RawClient client = new RawClient(rig.port())) {
            MirrorFilter mirror = mirror(rig, other, config(1024, 2, Duration.ofMillis(1500)));
            for (int i = 0; i < 5; i++) {
                post(client, "x");
            }
            assertThat(counts.left() + counts.sent()).isEqualTo(5);
            assertThat(counts.left()).isPositive();
            await().until(() -> mirror.underWay() == 0);
            rig.awaitRest();
        }
    }

    @Test
    void aMirrorThatIsDownFailsNobody() throws IOException {
        RawUpstream down = RawUpstream.answering(RawUpstream.OK);
        try (down) {
            assertThat(down.port()).isPositive();
        }
        try (RawUpstream real = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), real);
                RawClient client = new RawClient(rig.port())) {
            MirrorFilter mirror = mirror(rig, down, GENEROUS);
            for (int i = 0; i < 3; i++) {
                post(client, "x");
            }
            await().until(() -> counts.sent() == 3 && mirror.underWay() == 0);
            rig.awaitRest();
        }
    }

    @Test
    void anEndlessAnswerIsHungUpOn() throws IOException {
        try (RawUpstream real = RawUpstream.answering(RawUpstream.OK);
                RawUpstream other =
                        new RawUpstream((connection, _) -> {
                            connection.request();
                            connection.write(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                            while (true) {
                                connection.write("400\r\n" + "x".repeat(1024) + "\r\n");
                            }
                        });
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), real);
                RawClient client = new RawClient(rig.port())) {
            MirrorFilter mirror = mirror(rig, other, GENEROUS);
            post(client, "x");
            await().until(() -> other.connections.get() == 1 && other.open.get() == 0);
            await().until(() -> mirror.underWay() == 0);
        }
    }

    /** Its place among those at once must come free, although the body never ends. */
    @Test
    void aClientThatBreaksOffHoldsNoPlace() throws IOException {
        try (RawUpstream real = RawUpstream.answering(RawUpstream.OK);
                RawUpstream other = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), real)) {
            MirrorFilter mirror = mirror(rig, other, GENEROUS);
            try (RawClient client = new RawClient(rig.port())) {
                client.send(POST + "Content-Length: 10\r\n\r\n12345");
                await().until(() -> mirror.underWay() == 1);
                client.reset();
                await().until(() -> mirror.underWay() == 0);
            }
            assertThat(counts.left()).isEqualTo(1);
            assertThat(other.heads).isEmpty();
            rig.awaitRest();
        }
    }
}
