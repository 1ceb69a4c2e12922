package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.TryLimit;
import dev.outrider.sidecar.filter.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A route that wants fewer or quicker tries than its service gives. */
class RouteTriesIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: upstream\r\n\r\n";
    private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

    private static void limit(ProxyRig rig, TryLimit limit) {
        rig.route(
                List.of(exchange -> {
                    exchange.edge().tryLimit(limit);
                    return Verdict.CONTINUE;
                }),
                upstream -> upstream);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "2, 3", "9, 3"})
    void aRouteMayHaveFewerRetries(int retries, int tries) throws IOException {
        try (RawUpstream upstream = RawUpstream.answering(BUSY);
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), upstream);
                RawClient client = new RawClient(rig.port())) {
            limit(rig, new TryLimit(retries, Long.MAX_VALUE));
            assertThat(client.send(GET).answer().status()).isEqualTo(503);
            assertThat(upstream.heads).hasSize(tries);
            rig.awaitRest();
        }
    }

    @Test
    void aRouteMayHaveQuickerTries() throws IOException {
        try (RawUpstream upstream =
                        new RawUpstream((connection, number) -> {
                            connection.head();
                            if (number > 1) {
                                connection.write(RawUpstream.OK);
                            }
                            connection.untilClosed();
                        });
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), upstream);
                RawClient client = new RawClient(rig.port())) {
            limit(rig, new TryLimit(2, TimeUnit.MILLISECONDS.toNanos(300)));
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
            assertThat(rig.exchange().attempts().getFirst().failure()).isNotNull();
        }
    }
}
