package dev.outrider.sidecar.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcTest {
    @ParameterizedTest
    @CsvSource({
        "PT1.5S,       ,     1500",
        "PT0.0000001S, ,     1",
        "PT1.000001S,  ,     1001",
        "PT1M,         ,     60000",
        "PT1M0.001S,   ,     -1", // nobody is to hold a call for so long
        "PT24H,        ,     -1",
        "PT2S,         2S,   -1", // nothing of the call's time would be left
        "PT2S,         3S,   2000",
        "PT2S,         100m, -1",
        "PT2S,         soon, 2000",
    })
    void aClientIsToldToTryAgainWhileTheCallLasts(Duration wait, String timeout, long millis) {
        assertThat(Grpc.pushbackMillis(wait, Grpc.timeoutNanos(timeout))).isEqualTo(millis);
    }
}
