package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.http.h2.H2Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UpstreamHttp2ConfigTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void givesTheClientItsLimitsAndAConnectionRoomForEveryStream() {
        H2Limits limits =
                new UpstreamHttp2Config(7, 1 << 20, 2048, 9, SECOND, SECOND.multipliedBy(2))
                        .limits();
        assertThat(limits.streams()).isEqualTo(7);
        assertThat(limits.streamWindow()).isEqualTo(1 << 20);
        assertThat(limits.connectionWindow()).isEqualTo(7 << 20);
        assertThat(limits.head()).isEqualTo(2048);
        assertThat(limits.fields()).isEqualTo(9);
        assertThat(limits.pingAfter()).isEqualTo(SECOND);
        assertThat(limits.pingTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(limits.floods()).isEqualTo(H2Limits.DEFAULTS.floods());
    }

    @Test
    void refusesWhatNoConnectionCouldHold() {
        assertThatThrownBy(() -> new UpstreamHttp2Config(1000, 1 << 20, 2048, 9, SECOND, SECOND))
                .hasMessage("streams times streamWindow must be at most 256MiB");
        assertThatThrownBy(() -> new UpstreamHttp2Config(1, 1024, 2048, 9, SECOND, SECOND))
                .hasMessageContaining("streamWindow must be from 16KiB");
        assertThatThrownBy(() -> new UpstreamHttp2Config(1, 65_536, 9, 9, SECOND, SECOND))
                .hasMessageContaining("head must be from 1KiB");
    }
}
