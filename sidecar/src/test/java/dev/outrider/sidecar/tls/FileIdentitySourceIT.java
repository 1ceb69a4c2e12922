package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIdentitySourceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Instant now = Instant.now();
    private final TestMesh mesh = new TestMesh("cluster.local", now);

    @TempDir Path directory = Path.of("");

    private final TlsContexts contexts =
            new TlsContexts(
                    TlsConfig.DEFAULTS,
                    List.of(),
                    InstantSource.system(),
                    Revocations.none(),
                    new java.util.Random(1));
    private List<IdentitySource> started = List.of();

    @AfterEach
    void close() {
        started.forEach(IdentitySource::close);
    }

    @Test
    void takesChangedFiles() throws Exception {
        X509Svid first = mesh.issue(TestMesh.WEB, now);
        write(directory, first);
        IdentitySource source = start(directory);
        await().atMost(PATIENCE).until(() -> source.status().id() != null);
        assertThat(source.current().svid()).isEqualTo(first);

        X509Svid second = mesh.issue(TestMesh.WEB, now);
        write(directory, second);

        await().atMost(PATIENCE).until(() -> source.current().svid().equals(second));
        assertThat(source.status().renewals()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void refusesBrokenFilesKeepsTheOldAndSaysSo() throws Exception {
        X509Svid good = mesh.issue(TestMesh.WEB, now);
        write(directory, good);
        IdentitySource source = start(directory);
        await().atMost(PATIENCE).until(() -> source.status().id() != null);

        Files.writeString(directory.resolve("cert.pem"), "half a certific");

        await().atMost(PATIENCE).until(() -> source.status().failures() > 0);
        assertThat(source.current().svid()).isEqualTo(good);
        assertThat(source.status().describe(Instant.now()))
                .contains("not renewed")
                .contains("cert.pem");

        X509Svid mended = mesh.issue(TestMesh.WEB, now);
        write(directory, mended);
        await().atMost(PATIENCE).until(() -> source.current().svid().equals(mended));
        await().atMost(PATIENCE).until(() -> source.status().failures() == 0);
    }

    @Test
    void refusesAnExpiredAndAnotherWorkloadsCertificate() throws Exception {
        write(directory, mesh.issue(TestMesh.WEB, now.minus(Duration.ofDays(3))));
        IdentitySource source = start(directory);
        await().atMost(PATIENCE).until(() -> source.status().failures() > 0);
        assertThat(source.status().lastError()).contains("was valid until");
        assertThat(source.ready().toCompletableFuture()).isNotDone();

        write(directory, mesh.issue(TestMesh.ORDERS, now));
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(source.status().lastError())
                                .contains(TestMesh.ORDERS + ", configured is"));
    }

    @Test
    void followsTheSymlinkSwapOfAMountedSecret() throws Exception {
        X509Svid first = mesh.issue(TestMesh.WEB, now);
        Path one = Files.createDirectory(directory.resolve("..one"));
        write(one, first);
        Path data = Files.createSymbolicLink(directory.resolve("..data"), one);
        for (String name : List.of("cert.pem", "key.pem", "bundle.pem")) {
            Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
        }
        IdentitySource source = start(directory);
        await().atMost(PATIENCE).until(() -> source.status().id() != null);

        X509Svid second = mesh.issue(TestMesh.WEB, now);
        Path two = Files.createDirectory(directory.resolve("..two"));
        write(two, second);
        Path swap = Files.createSymbolicLink(directory.resolve("..swap"), two);
        Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);

        await().atMost(PATIENCE).until(() -> source.current().svid().equals(second));
    }

    private IdentitySource start(Path in) {
        IdentityFiles files =
                new IdentityFiles(
                        in.resolve("cert.pem"), in.resolve("key.pem"), in.resolve("bundle.pem"));
        IdentityConfig config = new IdentityConfig("cluster.local", TestMesh.WEB, files, null);
        IdentitySource source =
                IdentitySource.start(config, contexts, InstantSource.system(), new SecureRandom());
        started = List.of(source);
        return source;
    }

    private void write(Path in, X509Svid svid) throws IOException {
        Files.writeString(in.resolve("bundle.pem"), mesh.bundle().toPem());
        Files.writeString(in.resolve("key.pem"), svid.keyPem());
        Files.writeString(in.resolve("cert.pem"), svid.chainPem());
    }
}
