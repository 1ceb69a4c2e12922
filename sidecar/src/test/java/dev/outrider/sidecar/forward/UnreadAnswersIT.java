package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.http.h1.H1Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client that asks without end and never reads what it is told. */
class UnreadAnswersIT {
    private static final int ROUNDS = 20_000;

    @Test
    void isNotReadAnyFurtherAndThenCutOff() throws IOException {
        H1Limits defaults = H1Limits.DEFAULTS;
        H1Limits brief =
                new H1Limits(
                        defaults.requestLine(),
                        defaults.head(),
                        defaults.fields(),
                        defaults.body(),
                        defaults.headTimeout(),
                        Duration.ofSeconds(1),
                        defaults.keepAlive());
        byte[] requests =
                "GET / HTTP/1.1\r\nHost: upstream\r\n\r\n"
                        .repeat(200)
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try (RawUpstream upstream = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig =
                        new ProxyRig(
                                new ServiceConfigs.Knobs().config(),
                                brief,
                                List.of(new Endpoint("127.0.0.1", upstream.port())));
                RawClient client = new RawClient(rig.port(), 4096)) {
            // Over a hundred megabytes of requests, of which no answer is taken.
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < ROUNDS; i++) {
                                    client.send(requests);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }
}
