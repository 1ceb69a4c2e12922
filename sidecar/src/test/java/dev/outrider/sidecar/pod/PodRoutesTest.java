package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.aside.PortRequest;
import dev.outrider.sidecar.aside.PortResponse;
import dev.outrider.sidecar.aside.Readiness;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodRoutesTest {
    private static final Readiness REFUSED =
            new Readiness(
                    List.of(
                            new Readiness.Check("identity", false, "none from ca.internal"),
                            new Readiness.Check("config", true, "refused: 's3cret' is no name")));

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, application/json, true",
        "::1, text/plain, true",
        "10.1.2.3, application/json, false",
        "10.1.2.3, text/plain, false",
        "fd00::7, '', false"
    })
    void tellsReasonsToThisHostOnly(String caller, String accept, boolean told) {
        PortResponse answer =
                PodRoutes.ready(
                        REFUSED,
                        new PortRequest(
                                "GET",
                                "/ready",
                                Map.of(),
                                Map.of("accept", accept),
                                InetAddress.ofLiteral(caller)));
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(body).contains("identity").doesNotContain(told ? "not well" : "internal");
        if (!told) {
            assertThat(body).doesNotContain("s3cret");
        }
    }
}
