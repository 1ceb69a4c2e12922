package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes of gRPC apps that are well, ill, and no gRPC at all. */
@SuppressWarnings("NullAway.Init") // set before each test
class GrpcProbeIT {
    private PodRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new PodRig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private String asked(ProbeConfig probe) throws IOException {
        rig.probe("app/readiness", probe);
        return rig.ask("/probe/app/readiness", "User-Agent: kube-probe/1.33");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|200 SERVING",
                "shop.Orders|200 SERVING",
                "down|503 NOT_SERVING",
                "none|503 UNKNOWN",
                "unknown|503 gRPC status 5, the app does not know this service",
                "without|503 gRPC status 12, the app does not offer grpc.health.v1.Health",
                "failing|503 gRPC status 13, so it is",
                "web|503 no gRPC answer, HTTP status 404",
                "reset|503 the app reset the call (HTTP/2 code 7)",
            })
    void judgesWhatTheHealthServiceSays(String service, String told) throws Exception {
        try (GrpcHealthApp app = new GrpcHealthApp()) {
            assertThat(asked(PodRig.grpc(app.port(), service))).isEqualTo(told);
        }
    }

    @Test
    void asksAsGrpcDoes() throws Exception {
        String service = "s".repeat(300);
        try (GrpcHealthApp app = new GrpcHealthApp()) {
            assertThat(asked(PodRig.grpc(app.port(), service))).isEqualTo("200 SERVING");
            assertThat(app.heads.getFirst())
                    .hasToString(
                            "DefaultHttp2Headers[:method: POST, :scheme: http, :path:"
                                    + " /grpc.health.v1.Health/Check, :authority: 127.0.0.1:"
                                    + app.port()
                                    + ", content-type: application/grpc, te: trailers, user-agent:"
                                    + " kube-probe/1.33, grpc-timeout: 60000m]");
            String text = HexFormat.of().formatHex(service.getBytes(StandardCharsets.US_ASCII));
            assertThat(app.messages).containsExactly("000000012f0aac02" + text);
        }
    }

    @Test
    void anAppThatSpeaksSomethingElseIsBad() throws Exception {
        try (RawApp http1 =
                new RawApp(socket ->
                        socket.getOutputStream()
                                .write(
                                        "HTTP/1.1 400 Bad Request\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(asked(PodRig.grpc(http1.port(), ""))).startsWith("503 the answer is not");
        }
        try (RawApp closing = new RawApp(_ -> {})) {
            assertThat(asked(PodRig.grpc(closing.port(), ""))).startsWith("503 ");
        }
        int port;
        try (ServerSocket none = new ServerSocket(0)) {
            port = none.getLocalPort();
        }
        assertThat(asked(PodRig.grpc(port, ""))).isEqualTo("503 connection refused");
    }

    /** A settings frame and then nothing but pings, each of which is answered. */
    @Test
    void anAppThatOnlyPingsIsBadAtTheTimeout() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (RawApp app = new RawApp(socket -> ping(socket, end))) {
            assertThat(
                            asked(
                                    new ProbeConfig(
                                            null,
                                            null,
                                            new GrpcProbeConfig(app.port(), ""),
                                            Duration.ofMillis(300),
                                            null,
                                            false)))
                    .isEqualTo("503 no answer within 300 ms");
        } finally {
            end.countDown();
        }
    }

    private static void ping(Socket socket, CountDownLatch end) throws Exception {
        socket.getOutputStream().write(HexFormat.of().parseHex("000000040000000000"));
        do {
            socket.getOutputStream()
                    .write(HexFormat.of().parseHex("0000080600000000000000000000000000"));
        } while (!end.await(10, java.util.concurrent.TimeUnit.MILLISECONDS));
    }

    @ParameterizedTest
    @CsvSource({
        "0000080700000000000000000000000000, the app ended the connection",
        "00000400000000000100000000, many frames",
        "ff00000000000000010000, the answer is not HTTP/2",
        "000001000800000001ff, a frame of HTTP/2 is malformed",
        "000001010400000001c0, the head of the answer is malformed",
        "00000405040000000100000002, the app pushes",
    })
    void brokenFramesAreBad(String frame, String told) throws Exception {
        byte[] bytes = HexFormat.of().parseHex(frame);
        RawApp.Script script =
                socket -> {
                    int times = told.startsWith("many") ? 1001 : 1;
                    for (int i = 0; i < times; i++) {
                        socket.getOutputStream().write(bytes);
                    }
                    var _ = socket.getInputStream().readAllBytes();
                };
        try (RawApp app = new RawApp(script)) {
            assertThat(asked(PodRig.grpc(app.port(), ""))).startsWith("503 " + told);
        }
    }
}
