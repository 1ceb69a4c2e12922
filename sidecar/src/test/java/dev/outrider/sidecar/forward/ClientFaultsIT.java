package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.resilience.BreakerState;
import dev.outrider.sidecar.resilience.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nobody can shut a service for the others by what he does himself. */
class ClientFaultsIT {
    private static final int CALLS = 6;
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";
    private static final RawUpstream.Script SILENT =
            (connection, _) -> {
                connection.head();
                connection.untilClosed();
            };

    /** What a client does on a connection of its own, {@code seen} requests having come before. */
    @FunctionalInterface
    interface Client {
        void call(RawClient client, RawUpstream upstream, int seen) throws IOException;
    }

    private static RawUpstream.Script answers(int status) {
        return (connection, _) ->
                connection.serve("HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n");
    }

    private static Client asks(String request, int status) {
        return (client, _, _) ->
                assertThat(client.send(request).answer().status()).isEqualTo(status);
    }

    private static Client leaves(String request) {
        return (client, upstream, seen) -> {
            client.send(request);
            await().until(() -> upstream.heads.size() > seen);
            client.reset();
        };
    }

    private static ServiceConfigs.Knobs knobs() {
        return new ServiceConfigs.Knobs()
                .retry(RetryConfig.NONE)
                .breaker(
                        new BreakerConfig(
                                true,
                                0.5,
                                Duration.ofMinutes(5),
                                4,
                                0,
                                Duration.ofMinutes(5),
                                null,
                                1));
    }

    static Stream<Arguments> faults() {
        String hurry = GET + "Outrider-Timeout-Ms: %d\r\n\r\n";
        ServiceConfigs.Knobs impatient = knobs().perTry(Duration.ofMillis(100));
        ServiceConfigs.Knobs brief = knobs().timeout(Duration.ofMillis(100));
        String begun = POST + "Content-Length: 100\r\n\r\nabc";
        return Stream.of(
                Arguments.of(
                        "a deadline too short", knobs(), SILENT, asks(hurry.formatted(50), 504)),
                Arguments.of(
                        "a deadline too short for the next hop",
                        knobs(),
                        answers(504),
                        asks(hurry.formatted(9_000), 504)),
                Arguments.of("goes away", knobs(), SILENT, leaves(GET + "\r\n")),
                Arguments.of("breaks its body off", knobs(), SILENT, leaves(begun)),
                Arguments.of("pauses within a try", impatient, SILENT, asks(begun, 504)),
                Arguments.of("pauses too long", brief, SILENT, asks(begun, 504)),
                Arguments.of(
                        "a body that is none",
                        knobs(),
                        SILENT,
                        asks(POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400)),
                Arguments.of("a bad request", knobs(), answers(400), asks(GET + "\r\n", 400)),
                Arguments.of(
                        "a strange method",
                        knobs(),
                        answers(501),
                        asks("FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 501)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void ofAClientCountForNothing(
            String name, ServiceConfigs.Knobs knobs, RawUpstream.Script script, Client client)
            throws IOException {
        try (RawUpstream upstream = new RawUpstream(script);
                ProxyRig rig = new ProxyRig(knobs, upstream)) {
            calls(rig, upstream, client);
            assertThat(state(rig)).isInstanceOf(BreakerState.Closed.class);
            assertThat(rig.service.members().all().getFirst().failuresInARow()).isZero();
        }
    }

    static Stream<Arguments> faultsOfServers() {
        ServiceConfigs.Knobs brief = knobs().timeout(Duration.ofMillis(100));
        return Stream.of(
                Arguments.of("silence", brief, SILENT, asks(GET + "\r\n", 504)),
                Arguments.of("a hop's timeout", knobs(), answers(504), asks(GET + "\r\n", 504)),
                Arguments.of("an error", knobs(), answers(500), asks(GET + "\r\n", 500)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfServers")
    void ofAServerDoCount(
            String name, ServiceConfigs.Knobs knobs, RawUpstream.Script script, Client client)
            throws IOException {
        try (RawUpstream upstream = new RawUpstream(script);
                ProxyRig rig = new ProxyRig(knobs, upstream)) {
            calls(
                    rig,
                    upstream,
                    (caller, server, seen) -> {
                        if (seen < 4) {
                            client.call(caller, server, seen);
                        }
                    });
            assertThat(state(rig)).isInstanceOf(BreakerState.Open.class);
        }
    }

    private static void calls(ProxyRig rig, RawUpstream upstream, Client client)
            throws IOException {
        for (int i = 0; i < CALLS; i++) {
            try (RawClient caller = new RawClient(rig.port())) {
                client.call(caller, upstream, i);
            }
            rig.awaitRest();
        }
    }

    private static BreakerState state(ProxyRig rig) {
        return Objects.requireNonNull(rig.service.breaker()).state();
    }
}
