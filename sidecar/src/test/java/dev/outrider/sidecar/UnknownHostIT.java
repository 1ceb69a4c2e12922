package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host that no configuration knows gets of a captured request: what the app sent. */
@SuppressWarnings("NullAway.Init") // set before each test
class UnknownHostIT {
    private EchoApp app;
    private CapturedWay way;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        app = new EchoApp();
        String yaml =
                """
                name: web
                namespace: shop
                accessLog: {output: "off"}
                admin: {enabled: false}
                runtime: {loops: 1}
                tracing: {sampling: 100%%}
                outbound:
                  listen: 127.0.0.1:0
                  unknown: pass
                  services:
                    known:
                      hosts: [known]
                      endpoints: {static: ["%s"]}
                      mtls: false
                      timeout: 50s
                """
                        .formatted(app.address());
        way = new CapturedWay(folder, new InetSocketAddress("127.0.0.1", app.port()), yaml);
    }

    @AfterEach
    void stop() {
        way.close();
        app.close();
    }

    @Test
    void getsNothingOfTheMeshs() throws IOException {
        String seen = RawClient.get(way.port(), "stranger.example", "/").body();
        assertThat(seen.lines()).first().isEqualTo("GET /");
        assertThat(seen.lines().skip(1)).containsExactly("host: stranger.example");
    }

    @Test
    void getsTheAppsOwnTraceAsItIsAndNoIdentityOrControl() throws IOException {
        String seen =
                RawClient.get(
                                way.port(),
                                "stranger.example",
                                "/",
                                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                "tracestate: app=1",
                                "b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1",
                                "x-request-id: the app's own",
                                "outrider-timeout-ms: 9000",
                                "outrider-protocol: http/1.1",
                                "workload-identity-token: forged",
                                "x-forwarded-client-cert: forged",
                                "authorization: Basic YXBwOm93bg==")
                        .body();
        assertThat(seen.lines().skip(1))
                .containsExactlyInAnyOrder(
                        "host: stranger.example",
                        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        "tracestate: app=1",
                        "b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1",
                        "x-request-id: the app's own",
                        "authorization: Basic YXBwOm93bg==");
    }

    @Test
    void aServiceGetsTraceIdAndDeadline() throws IOException {
        assertThat(RawClient.get(way.port(), "known", "/").body())
                .contains("traceparent: 00-", "x-request-id: ", "outrider-timeout-ms: ");
    }
}
