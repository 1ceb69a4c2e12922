package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.resilience.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients that are slow, or wrong at the wrong time; what is wrong by itself is in RequestCorpusIT.
 */
class MalformedRequestsIT {
    private static final H1Limits LIMITS =
            new H1Limits(
                    1000,
                    4000,
                    20,
                    10_000,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10));
    private static RawUpstream upstream;
    private static ProxyRig rig;

    @BeforeAll
    static void start() throws IOException {
        upstream = RawUpstream.answering(RawUpstream.OK);
        rig = rig(LIMITS);
    }

    private static ProxyRig rig(H1Limits limits) throws IOException {
        return new ProxyRig(
                ServiceConfigs.plain(RetryConfig.DEFAULTS, Duration.ofSeconds(20)),
                limits,
                List.of(new Endpoint("127.0.0.1", upstream.port())));
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
        upstream.close();
    }

    @Test
    void answersNothingMoreWhenTheBodyNobodyWantedIsBad() throws IOException {
        try (RawUpstream early =
                        new RawUpstream((connection, _) -> {
                            connection.head();
                            connection.write(RawUpstream.OK);
                            connection.untilClosed();
                        });
                ProxyRig rig =
                        new ProxyRig(
                                ServiceConfigs.plain(RetryConfig.NONE, Duration.ofSeconds(20)),
                                LIMITS,
                                List.of(new Endpoint("127.0.0.1", early.port())));
                RawClient client = new RawClient(rig.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            client.send("no chunk\r\n");
            assertThat(client.rest()).isIn("", "<reset>");
        }
    }

    @Test
    void answers408ToSlowHead() throws IOException {
        H1Limits slow =
                new H1Limits(
                        1000,
                        4000,
                        20,
                        10_000,
                        Duration.ofMillis(200),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10));
        try (ProxyRig rig = rig(slow);
                RawClient client = new RawClient(rig.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("slow-head");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void answers408ToSlowBody() throws IOException {
        H1Limits slow =
                new H1Limits(
                        1000,
                        4000,
                        20,
                        10_000,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(10));
        int before = upstream.bodies.size();
        try (ProxyRig rig = rig(slow);
                RawClient client = new RawClient(rig.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("slow-body");
            assertThat(client.rest()).isEmpty();
            assertThat(upstream.bodies).hasSize(before);
        }
    }

    @Test
    void closesIdleConnectionsWithoutAWord() throws IOException {
        H1Limits brief =
                new H1Limits(
                        1000,
                        4000,
                        20,
                        10_000,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(200));
        try (ProxyRig rig = rig(brief);
                RawClient client = new RawClient(rig.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.rest()).isEmpty();
        }
    }
}
