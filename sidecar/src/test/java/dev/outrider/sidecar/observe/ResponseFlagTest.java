package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResponseFlagTest {
    @Test
    void namesFailuresAsEnvoyDoes() {
        assertThat(ResponseFlag.of(null).letters(false)).isEqualTo("-");
        assertThat(ResponseFlag.of(new Failure.NoRoute("x")).letters(false)).isEqualTo("NR");
        assertThat(ResponseFlag.of(new Failure.CircuitOpen("x", Duration.ZERO)).letters(false))
                .isEqualTo("UO");
        for (var phase : Failure.TimedOut.Phase.values()) {
            assertThat(ResponseFlag.of(new Failure.TimedOut(phase, "", true)))
                    .isNotEqualTo(ResponseFlag.NONE);
        }
    }

    @Test
    void saysThatRetriesDidNotHelp() {
        Exchange exchange = Exchanges.get(Direction.OUTBOUND);
        Failure refused = new Failure.ConnectFailed("10.0.0.1:80", "refused");
        exchange.failed(refused);
        Exchanges.attempt(exchange, new Silent(), "10.0.0.1:80", 0, 1, 0, refused);
        assertThat(ResponseFlag.retriesExhausted(exchange)).isFalse();
        Exchanges.attempt(exchange, new Silent(), "10.0.0.1:80", 0, 1, 0, refused);
        assertThat(ResponseFlag.of(refused).letters(ResponseFlag.retriesExhausted(exchange)))
                .isEqualTo("UF,URX");
    }

    private record Silent() implements dev.outrider.sidecar.exchange.ExchangeObserver {}
}
