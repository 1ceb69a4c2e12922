package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.resilience.FaultConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A client that is answered before it has sent its body. */
class EarlyAnswerIT {
    private static final int PIECE = 64 * 1024;
    private static final String HEAD =
            "POST / HTTP/1.1\r\nHost: upstream\r\nContent-Length: %d\r\n\r\n";

    private static FaultConfig refusal() {
        return new FaultConfig(null, new FaultConfig.AbortFault(418, 1), Map.of());
    }

    /** More than is read over, and more than two sockets hold. */
    @Test
    void isCutOffWhenItSendsWithoutEnd() throws IOException {
        try (RawUpstream upstream = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs().fault(refusal()), upstream);
                RawClient client = new RawClient(rig.port())) {
            byte[] piece = new byte[PIECE];
            client.send(HEAD.formatted(1L << 40));
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 4096; i++) {
                                    client.send(piece);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void mayFinishItsBodyAndAskAgain() throws IOException {
        try (RawUpstream upstream = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs().fault(refusal()), upstream);
                RawClient client = new RawClient(rig.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(HEAD.formatted(PIECE));
                client.send("x".repeat(PIECE).getBytes(StandardCharsets.US_ASCII));
                assertThat(client.answer().status()).isEqualTo(418);
            }
        }
    }
}
