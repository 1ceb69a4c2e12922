package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.h2.H2Spec;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite of HTTP/2 against whole sidecars, with an app behind them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before all tests
class ConformanceIT {
    private EchoApp app;
    private MeshPair pair;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        app = new EchoApp();
        // The suite has no certificate to show. On a port of any protocol what is no HTTP would be
        // the app's to answer.
        String inbound = "mtls: permissive\nports: {%d: http}".formatted(app.port());
        pair = new MeshPair(folder, app.port(), inbound, "");
    }

    @AfterAll
    void stop() throws Exception {
        pair.close();
        app.close();
    }

    @Test
    void theWayOutPassesEveryCaseInClearText() throws Exception {
        H2Spec.run("127.0.0.1", pair.port(), false).hasNoFailure();
        assertThat(MeshPair.metric(pair.web, "outrider_breaker_opened")).isZero();
    }

    @Test
    void theWayInPassesEveryCaseBehindTls() throws Exception {
        H2Spec.run("127.0.0.1", pair.inboundPort(), true).hasNoFailure();
    }

    @Test
    void theWayInPassesEveryCaseInClearText() throws Exception {
        H2Spec.run("127.0.0.1", pair.inboundPort(), false).hasNoFailure();
    }
}
