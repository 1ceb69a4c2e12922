package dev.outrider.sidecar.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrencyFilterTest {
    private final Calls calls = new Calls();
    private final ConcurrencyFilter filter =
            new ConcurrencyFilter(new ConcurrencyConfig(2, KeyConfig.CLIENT));

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void aPlaceIsHeldUntilTheExchangeIsOver() {
        Exchange first = calls.from("192.0.2.7");
        Exchange second = calls.from("192.0.2.7");
        assertThat(calls.run(filter, first)).isNull();
        assertThat(calls.run(filter, second)).isNull();
        Exchange third = calls.from("192.0.2.7");
        assertThat(calls.run(filter, third)).isInstanceOf(Failure.RateLimited.class);
        third.finished(1);
        assertThat(calls.run(filter, calls.from("192.0.2.7")))
                .as("who was refused gives no place back")
                .isNotNull();
        assertThat(calls.run(filter, calls.from("192.0.2.8"))).isNull();
        first.finished(1);
        assertThat(calls.run(filter, calls.from("192.0.2.7"))).isNull();
        assertThat(filter.counts()).isEqualTo(new ConcurrencyFilter.Counts(2, 2));
    }

    @Test
    void remembersNobodyWithoutRequests() {
        Exchange one = calls.from("192.0.2.7");
        calls.run(filter, one);
        one.finished(1);
        assertThat(filter.counts().clients()).isZero();
    }
}
