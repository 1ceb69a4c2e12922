package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String line) throws InterruptedException {
        return Wait.run(
                line.split(" ", -1),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    /** Gives each answer once, and the last again and again. */
    private static ServerSocket port(String... answers) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        var _ =
                Thread.ofVirtual()
                        .start(() -> {
                            for (int i = 0; ; i++) {
                                String answer = answers[Math.min(i, answers.length - 1)];
                                try (Socket socket = listener.accept()) {
                                    socket.getOutputStream()
                                            .write(answer.getBytes(StandardCharsets.US_ASCII));
                                    socket.shutdownOutput();
                                    var _ = socket.getInputStream().readAllBytes();
                                } catch (IOException e) {
                                    if (listener.isClosed()) {
                                        return;
                                    }
                                }
                            }
                        });
        return listener;
    }

    @Test
    void waitsUntilTheProxyIsReady() throws Exception {
        String notYet = "HTTP/1.1 503 Service Unavailable\r\n\r\nidentity: none yet\n";
        try (ServerSocket port = port(notYet, "", notYet, "HTTP/1.1 200 OK\r\n\r\nready\n")) {
            assertThat(run("wait --port=" + port.getLocalPort() + " --timeout 1m")).isZero();
            assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        }
    }

    @Test
    void saysWhatHindersWhenTheTimeIsOver() throws Exception {
        String answer = "HTTP/1.1 503 Service Unavailable\r\n\r\nidentity: none yet\n";
        try (ServerSocket port = port(answer)) {
            assertThat(run("wait --timeout=300ms --port " + port.getLocalPort())).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .isEqualTo(
                            "outrider wait: the proxy was not ready within 300 ms: identity: none"
                                    + " yet\n");
        }
    }

    @Test
    void saysWhenNobodyListens() throws Exception {
        int port;
        try (ServerSocket none = new ServerSocket(0)) {
            port = none.getLocalPort();
        }
        assertThat(run("wait --timeout=0s --port=" + port)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("nobody listens on port " + port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait --port",
                "wait --port=0",
                "wait --port=70000",
                "wait --port=x",
                "wait --timeout=1",
                "wait --timeout=1h",
                "wait --else=1",
                "wait else"
            })
    void wrongUsageIsTwo(String line) throws Exception {
        assertThat(run(line)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Usage: outrider wait");
    }

    @Test
    void helpIsNoError() throws Exception {
        assertThat(run("wait --help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage: outrider wait");
    }
}
