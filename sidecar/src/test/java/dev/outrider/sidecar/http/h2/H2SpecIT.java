package dev.outrider.sidecar.http.h2;

import org.junit.jupiter.api.Test;

/** The conformance suite of RFC 9113's predecessor against our server, in clear text. */
class H2SpecIT {
    @Test
    void everyCasePasses() throws Exception {
        try (ServerRig server = new ServerRig(new EchoHandler(), H2Limits.DEFAULTS)) {
            H2Spec.run("127.0.0.1", server.port(), false).hasNoFailure();
        }
    }
}
