package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and roots change, or are called off, while calls are under way. */
@SuppressWarnings("NullAway.Init") // set before each test
class RotationIT {
    private static final Instant FROM = Instant.now().minusSeconds(60);

    private final SecureRandom random = new SecureRandom();
    private final CertificateAuthority first = authority();
    private final CertificateAuthority second = authority();
    private final List<Sidecar> open = new ArrayList<>();
    private Path folder;
    private EchoApp app;
    private Sidecar orders;
    private Sidecar web;

    private CertificateAuthority authority() {
        return CertificateAuthority.Root.create("cluster.local", KeyAlgorithm.EC_P256, FROM, random)
                .intermediate(KeyAlgorithm.EC_P256, FROM, random);
    }

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        folder = directory;
        app = new EchoApp();
        Files.writeString(folder.resolve("revoked"), "# nobody\n");
        leaf("orders", Mesh.ORDERS, first);
        leaf("web", Mesh.WEB, first);
        bundle("orders", first);
        bundle("web", first);
        orders =
                sidecar(
                        "orders",
                        Mesh.ORDERS,
                        "inbound: {listen: \"127.0.0.1:0\", app: \"%s\"}".formatted(app.address()));
        web =
                sidecar(
                        "web",
                        Mesh.WEB,
                        """
                        outbound:
                          listen: 127.0.0.1:0
                          services:
                            orders: {hosts: [orders], endpoints: {static: ["127.0.0.1:%d"]}}
                        """
                                .formatted(port(orders, "inbound")));
    }

    @AfterEach
    void stop() {
        open.reversed().forEach(Sidecar::close);
        app.close();
    }

    private Sidecar sidecar(String name, SpiffeId id, String way) throws IOException {
        String yaml =
                """
                name: %1$s
                identity:
                  trustDomain: cluster.local
                  id: %2$s
                  files: {certificate: %3$s.crt, key: %3$s.key, bundle: %3$s.roots}
                tls: {revoked: %4$s, revokedIfPresent: %5$s}
                admin: {listen: "127.0.0.1:0"}
                runtime: {loops: 1}
                """
                                .formatted(
                                        name,
                                        id,
                                        folder.resolve(name),
                                        folder.resolve("revoked"),
                                        folder.resolve("trust/revoked"))
                        + way;
        Path file = Files.writeString(folder.resolve(name + ".yaml"), yaml);
        ConfigFile reader = new ConfigFile(_ -> null);
        if (!(reader.load(file, SidecarConfig.SCHEMA)
                instanceof ConfigDocument.Loaded<SidecarConfig> loaded)) {
            throw new IllegalArgumentException(yaml);
        }
        Sidecar sidecar = Sidecar.create(reader, file, loaded);
        open.add(sidecar);
        sidecar.start(() -> {});
        await().atMost(Mesh.PATIENCE).until(sidecar::ready);
        return sidecar;
    }

    private static int port(Sidecar sidecar, String listener) {
        return Objects.requireNonNull(sidecar.address(listener)).getPort();
    }

    private X509Svid leaf(String name, SpiffeId id, CertificateAuthority by) throws IOException {
        X509Svid svid = by.issue(id, KeyAlgorithm.EC_P256, List.of(), FROM, Duration.ofHours(1));
        write(name + ".key", svid.keyPem());
        write(name + ".crt", svid.chainPem());
        return svid;
    }

    private void bundle(String name, CertificateAuthority... trusted) throws IOException {
        StringBuilder pem = new StringBuilder();
        for (CertificateAuthority each : trusted) {
            pem.append(each.bundle().toPem());
        }
        write(name + ".roots", pem.toString());
    }

    private void write(String name, String text) throws IOException {
        Path aside = Files.writeString(folder.resolve(name + ".new"), text);
        Files.move(aside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String certificates(Sidecar sidecar) throws IOException {
        return RawClient.get(port(sidecar, "admin"), "localhost", "/certs").body();
    }

    private static int roots(Sidecar sidecar) throws IOException {
        return certificates(sidecar).split("\"trust\"", -1).length - 1;
    }

    private static void shows(Sidecar sidecar, X509Svid svid) {
        String serial = svid.leaf().getSerialNumber().toString(16);
        await().atMost(Mesh.PATIENCE).until(() -> certificates(sidecar).contains(serial));
    }

    private static void goesOn(SteadyClient client) {
        int before = client.good.get();
        await().atMost(Mesh.PATIENCE)
                .until(() -> client.good.get() > before + 5 || !client.failures.isEmpty());
    }

    @Test
    void aRootIsReplacedWithoutAFailedRequest() throws Exception {
        try (SteadyClient client = new SteadyClient(() -> port(web, "outbound"), "orders")) {
            goesOn(client);
            bundle("orders", first, second);
            bundle("web", first, second);
            await().atMost(Mesh.PATIENCE).until(() -> roots(orders) == 2 && roots(web) == 2);
            goesOn(client);
            shows(web, leaf("web", Mesh.WEB, second));
            goesOn(client);
            shows(orders, leaf("orders", Mesh.ORDERS, second));
            goesOn(client);
            bundle("orders", second);
            bundle("web", second);
            await().atMost(Mesh.PATIENCE).until(() -> roots(orders) == 1 && roots(web) == 1);
            goesOn(client);
            client.stop();
            assertThat(client.failures).isEmpty();
            assertThat(client.connections).hasValue(1);
        }
    }

    @Test
    void whoIsRevokedIsCutAndNotLetInAgain() throws Exception {
        int outbound = port(web, "outbound");
        assertThat(RawClient.get(outbound, "orders", "/").status()).isEqualTo(200);

        write("revoked", "# left the company\n" + Mesh.WEB + "\n");

        await().atMost(Mesh.PATIENCE)
                .until(() ->
                        metrics(orders).contains("outrider_revoked_connections_cut_total 1.0")
                                && metrics(web).contains("outrider_revoked 1.0"));
        assertThat(RawClient.get(outbound, "orders", "/").status()).isBetween(502, 503);

        write("revoked", "");
        await().atMost(Mesh.PATIENCE)
                .until(() -> RawClient.get(outbound, "orders", "/").status() == 200);
    }

    @Test
    void aServerThatIsRevokedIsCutByItsSerialNumber() throws Exception {
        int outbound = port(web, "outbound");
        assertThat(RawClient.get(outbound, "orders", "/").status()).isEqualTo(200);
        X509Svid svid = X509Svid.load(folder.resolve("orders.crt"), folder.resolve("orders.key"));

        write("revoked", svid.leaf().getSerialNumber().toString(16));

        await().atMost(Mesh.PATIENCE)
                .until(() -> metrics(web).contains("outrider_revoked_connections_cut_total 1.0"));
        assertThat(RawClient.get(outbound, "orders", "/").status()).isBetween(502, 503);
    }

    /** As a ConfigMap is mounted: a link to a folder that is swapped, and keys that come later. */
    @Test
    void theAuthoritysListIsHeededBesideOnesOwnFromWhenItComes() throws Exception {
        int outbound = port(web, "outbound");
        assertThat(RawClient.get(outbound, "orders", "/").status()).isEqualTo(200);
        mount("one", "# nobody\n");
        await().atMost(Mesh.PATIENCE)
                .until(() -> RawClient.get(outbound, "orders", "/").status() == 200);

        mount("two", "# incident\n" + Mesh.WEB + "\n");
        write("revoked", "0123456789abcdef\n");
        await().atMost(Mesh.PATIENCE)
                .until(() ->
                        metrics(orders).contains("outrider_revoked_connections_cut_total 1.0")
                                && metrics(orders).contains("outrider_revoked 2.0"));
        assertThat(RawClient.get(outbound, "orders", "/").status()).isBetween(502, 503);

        Files.delete(folder.resolve("trust/revoked"));
        write("revoked", "");
        await().atMost(Mesh.PATIENCE).until(() -> metrics(orders).contains("outrider_revoked 1.0"));
        Files.createSymbolicLink(folder.resolve("trust/revoked"), Path.of("..data/revoked"));
        mount("three", "");
        await().atMost(Mesh.PATIENCE)
                .until(() -> RawClient.get(outbound, "orders", "/").status() == 200);
    }

    private void mount(String version, String text) throws IOException {
        Path trust = Files.createDirectories(folder.resolve("trust"));
        Files.writeString(Files.createDirectories(trust.resolve(version)).resolve("revoked"), text);
        Path next = Files.createSymbolicLink(trust.resolve("..next"), Path.of(version));
        Files.move(next, trust.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        if (!Files.exists(trust.resolve("revoked"))) {
            Files.createSymbolicLink(trust.resolve("revoked"), Path.of("..data/revoked"));
        }
    }

    private static String metrics(Sidecar sidecar) throws IOException {
        return RawClient.get(port(sidecar, "admin"), "localhost", "/metrics").body();
    }
}
