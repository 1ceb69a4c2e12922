package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.outrider.certs.Pem;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that share no code with us. */
class ForeignPeerIT {
    private final Instant now = Instant.now();
    private final TestMesh mesh = new TestMesh("cluster.local", now);
    private final Loopback loopback = new Loopback();
    private final TlsContexts contexts =
            new TlsContexts(
                    TlsConfig.DEFAULTS,
                    List.of("http/1.1"),
                    InstantSource.system(),
                    Revocations.none(),
                    new java.util.Random(1));

    @TempDir Path directory = Path.of("");
    private InetSocketAddress server = new InetSocketAddress(0);

    @BeforeEach
    void serve() throws Exception {
        ServerTls tls =
                contexts.identity(mesh.issue(TestMesh.ORDERS, now), mesh.bundle())
                        .server(ClientCertificates.REQUIRED);
        server = loopback.serve(() -> tls);
    }

    @AfterEach
    void close() {
        loopback.close();
    }

    @Test
    void opensslConnectsWithASvid() throws Exception {
        List<String> arguments = new ArrayList<>(files(mesh.issue(TestMesh.WEB, now)));
        arguments.addAll(List.of("-alpn", "http/1.1", "-verify_return_error"));

        String said = openssl(arguments);

        assertThat(said)
                .contains("Verify return code: 0 (ok)")
                .contains("ALPN protocol: http/1.1")
                .contains("TLSv1.3");
        assertThat(loopback.accepted()).isInstanceOf(Loopback.Outcome.Done.class);
    }

    @Test
    void opensslWithoutACertificateIsTold() throws Exception {
        String said = openssl(List.of());

        assertThat(said).contains("certificate required");
        assertThat(loopback.accepted().toString()).contains("NO_CERTIFICATE");
    }

    @Test
    void opensslOfAnotherMeshIsTold() throws Exception {
        TestMesh other = new TestMesh("cluster.local", now);

        String said = openssl(files(other.issue(TestMesh.WEB, now)));

        assertThat(said).contains("unknown ca");
        assertThat(loopback.accepted().toString())
                .contains("UNTRUSTED")
                .contains(TestMesh.WEB.toString());
    }

    @Test
    void aPlainJavaSocketTalksToUs() throws Exception {
        X509Svid svid = mesh.issue(TestMesh.WEB, now);
        try (SSLSocket socket = javaSocket(svid)) {
            byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(hello);
            assertThat(socket.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
            assertThat(loopback.accepted().toString()).contains(TestMesh.WEB.toString());
        }
    }

    @Test
    void aPlainJavaSocketOfAnotherMeshIsRefused() throws Exception {
        TestMesh other = new TestMesh("cluster.local", now);
        try (SSLSocket socket = javaSocket(other.issue(TestMesh.WEB, now))) {
            assertThatThrownBy(
                            () -> {
                                socket.startHandshake();
                                var _ = socket.getInputStream().read();
                            })
                    .isInstanceOf(IOException.class);
            assertThat(loopback.accepted().toString()).contains("UNTRUSTED");
        }
    }

    private SSLSocket javaSocket(X509Svid svid) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry(
                "svid", svid.key(), new char[0], svid.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        TrustManager trust =
                new PeerVerifier(
                        mesh.bundle(),
                        java.time.Instant.MAX,
                        Revocations.none(),
                        InstantSource.system(),
                        new java.util.Random(1));
        context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
        return (SSLSocket)
                context.getSocketFactory().createSocket(server.getAddress(), server.getPort());
    }

    private List<String> files(X509Svid svid) throws IOException {
        Path certificate = directory.resolve("chain.pem");
        Path key = directory.resolve("key.pem");
        Path issuers = directory.resolve("issuers.pem");
        Files.writeString(certificate, svid.chainPem());
        Files.writeString(issuers, Pem.encode(svid.chain().subList(1, svid.chain().size())));
        Files.writeString(key, svid.keyPem());
        return List.of(
                "-cert",
                certificate.toString(),
                "-cert_chain",
                issuers.toString(),
                "-key",
                key.toString());
    }

    /** All that {@code openssl s_client} prints until the connection ends. */
    private String openssl(List<String> more) throws Exception {
        assumeThat(Path.of("/usr/bin/openssl")).exists();
        Path roots = directory.resolve("roots.pem");
        Files.writeString(roots, mesh.bundle().toPem());
        String address = server.getAddress().getHostAddress() + ":" + server.getPort();
        List<String> command =
                new ArrayList<>(List.of("timeout", "60", "/usr/bin/openssl", "s_client"));
        command.addAll(List.of("-connect", address));
        command.addAll(List.of("-CAfile", roots.toString(), "-tls1_3"));
        command.addAll(more);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            process.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            StringBuilder said = new StringBuilder();
            byte[] buffer = new byte[4096];
            // A refused client ends by itself, an accepted one after its echo.
            while (!said.toString().contains("hello\n")) {
                int count = output.read(buffer);
                if (count < 0) {
                    break;
                }
                said.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
            }
            return said.toString();
        } finally {
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
