package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.X509Svid;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What an app behind a sidecar that looks at no tokens may believe, and for how long. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class InboundTrustIT {
    private Mesh mesh;
    private EchoApp app;
    private int port;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
        Sidecar orders =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + "inbound: {listen: \"127.0.0.1:0\", app: \"%s\"}\n"
                                        .formatted(app.address()));
        port = Objects.requireNonNull(orders.address("inbound")).getPort();
    }

    @AfterAll
    void stop() throws Exception {
        mesh.close();
        app.close();
    }

    @Test
    void theAppSeesNoTokenAndNoForgedIdentityInAnySpelling() throws Exception {
        RawClient.Answer answer =
                RawClient.secure(
                        port,
                        mesh.svid(Mesh.WEB),
                        "/",
                        "Workload-Identity-Token: forged",
                        "workload_identity_token: forged",
                        "X-Forwarded-Client-Cert: forged",
                        "X_Forwarded_Client_Cert: forged",
                        "x-forwarded_client-cert: forged");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("forged").contains("URI=" + Mesh.WEB);
    }

    @Test
    void connectionEndsWithTheCallersCertificate() throws Exception {
        Instant from = Instant.now().minusSeconds(3600);
        X509Svid brief =
                mesh.svid(Mesh.WEB, from, Duration.between(from, Instant.now().plusSeconds(6)));
        try (Socket socket = RawClient.tls(port, brief)) {
            InputStream in = socket.getInputStream();
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] all = in.readAllBytes();
            String answer = new String(all, StandardCharsets.ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("Connection:");
            // By chance within the last quarter of what was left, so that not all end at once.
            assertThat(Instant.now()).isAfterOrEqualTo(brief.notAfter().minusSeconds(2));
        }
    }
}
