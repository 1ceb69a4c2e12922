package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The interoperability tests of the gRPC project (grpc/grpc, doc/interop-test-descriptions.md),
 * with grpc-go at both ends: first directly, then through two sidecars. The programs are in the
 * folder that the environment variable OUTRIDER_GRPC_INTEROP names, or Go installs them; without
 * either the tests are skipped.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class GrpcInteropIT {
    private static final String MODULE = "google.golang.org/grpc/interop/%s@v1.85.0";

    /** Its deadline is a millisecond, which also has to suffice for the connection. */
    private static final String MAY_GIVE_UP_BEFORE_IT_BEGINS = "timeout_on_sleeping_server";

    private Path folder;
    private Path client;
    private Process server;
    private int serverPort;
    private MeshPair pair;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        folder = directory;
        Path found = program("client");
        assumeThat(found).as("gRPC's interop programs, or a Go that can build them").isNotNull();
        client = Objects.requireNonNull(found);
        serverPort = MeshPair.freePort();
        Path log = folder.resolve("server.log");
        server = run(log, Objects.requireNonNull(program("server")), "-port=" + serverPort);
        await().atMost(Mesh.PATIENCE)
                .until(() -> {
                    assertThat(server.isAlive()).as(Files.readString(log)).isTrue();
                    return accepts(serverPort);
                });
        pair = new MeshPair(folder, serverPort, "", "timeout: 50s");
    }

    @AfterAll
    void stop() throws Exception {
        if (pair != null) {
            pair.close();
        }
        if (server != null) {
            server.destroyForcibly();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static @Nullable Path program(String name) throws Exception {
        String named = System.getenv("OUTRIDER_GRPC_INTEROP");
        return named == null
                ? GoPrograms.installed("grpc-interop", name, MODULE.formatted(name))
                : Path.of(named, name);
    }

    private static Process run(Path log, Path program, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString());
        builder.command().addAll(java.util.List.of(arguments));
        return builder.redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log.toFile())
                .start();
    }

    private static boolean accepts(int port) {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "empty_unary",
                "large_unary",
                "client_streaming",
                "server_streaming",
                "ping_pong",
                "empty_stream",
                "timeout_on_sleeping_server",
                "cancel_after_begin",
                "cancel_after_first_response",
                "status_code_and_message",
                "special_status_message",
                "unimplemented_method",
                "unimplemented_service",
                "custom_metadata"
            })
    void passesThroughTwoSidecarsAsItDoesWithout(String testCase) throws Exception {
        passes(testCase, serverPort);
        double before = calls();
        passes(testCase, pair.port());
        if (!testCase.equals(MAY_GIVE_UP_BEFORE_IT_BEGINS)) {
            await().atMost(Mesh.PATIENCE).until(() -> calls() > before);
        }
    }

    private double calls() throws IOException {
        return MeshPair.metric(pair.orders, "istio_requests_total");
    }

    private void passes(String testCase, int port) throws Exception {
        Path log = folder.resolve("client.log");
        Process process =
                run(
                        log,
                        client,
                        "-server_host=localhost",
                        "-server_port=" + port,
                        "-test_case=" + testCase);
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(log);
        assertThat(ended).as("ended: " + said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }
}
