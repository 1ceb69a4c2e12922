package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The conformance suite of RFC 9113's predecessor against our server, in clear text. */
class H2SpecIT {
    private static final int ALL_BUT_SKIPPED = 145;

    @Test
    void everyCasePasses() throws Exception {
        try (ServerRig server = new ServerRig(new EchoHandler(), H2Limits.DEFAULTS)) {
            H2Spec.Result result = H2Spec.run("127.0.0.1", server.port(), false);
            assertThat(result.failed()).as(result.text()).isZero();
            assertThat(result.passed()).as(result.text()).isGreaterThanOrEqualTo(ALL_BUT_SKIPPED);
        }
    }
}
