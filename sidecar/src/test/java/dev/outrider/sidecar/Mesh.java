package dev.outrider.sidecar;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.JwtAlgorithm;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;

/** A mesh on loopback: a real authority, and sidecars made of real configuration files. */
final class Mesh implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    static final SpiffeId ORDERS = SpiffeId.of("cluster.local", "shop", "orders");
    static final SpiffeId THIEF = SpiffeId.of("cluster.local", "shop", "thief");

    final Path folder;
    final AuthorityDirectory directory;
    final JwtKeys.Schedule schedule;
    private final Duration svidTtl;
    private final int caPort;
    private final Deque<Sidecar> open = new ArrayDeque<>();
    private CaServer ca;

    Mesh(Path folder) throws IOException {
        this(folder, CertificateAuthority.DEFAULT_TTL, JwtKeys.Schedule.DEFAULTS);
    }

    Mesh(Path folder, Duration svidTtl, JwtKeys.Schedule schedule) throws IOException {
        this.folder = folder;
        this.svidTtl = svidTtl;
        this.schedule = schedule;
        this.directory =
                AuthorityDirectory.create(
                        folder.resolve("ca"),
                        "cluster.local",
                        KeyAlgorithm.EC_P256,
                        Instant.now(),
                        new SecureRandom());
        this.ca = serve(0);
        this.caPort = ca.address().getPort();
        Files.writeString(folder.resolve("bundle.pem"), bundle().toPem());
    }

    static JwtKeys.Schedule tokenKeysChangeEvery(Duration period) {
        return new JwtKeys.Schedule(JwtAlgorithm.ES256, period, period.dividedBy(4));
    }

    private CaServer serve(int port) throws IOException {
        CaSettings defaults = CaSettings.DEFAULTS;
        CaSettings settings =
                new CaSettings(
                        new InetSocketAddress("127.0.0.1", port),
                        defaults.hosts(),
                        svidTtl,
                        defaults.jwtTtl(),
                        schedule,
                        new CaSettings.Rate(1000, 1000),
                        new CaSettings.Rate(1000, 1000));
        return CaServer.start(directory, settings, InstantSource.system(), new SecureRandom());
    }

    void stopAuthority() throws IOException {
        ca.close();
    }

    void startAuthority() throws IOException {
        ca = serve(caPort);
    }

    TrustBundle bundle() throws IOException {
        return directory.authority().bundle();
    }

    /** A certificate that skips the server. */
    X509Svid svid(SpiffeId id) throws IOException {
        return svid(id, Instant.now().minusSeconds(60), Duration.ofHours(1));
    }

    X509Svid svid(SpiffeId id, Instant from, Duration ttl) throws IOException {
        return directory.authority().issue(id, KeyAlgorithm.EC_P256, List.of(), from, ttl);
    }

    /** A token of the real authority. */
    String token(X509Svid caller, String audience) throws Exception {
        try (CaClient client =
                new CaClient(
                        address(),
                        bundle(),
                        InstantSource.system(),
                        new SecureRandom(),
                        new CaClient.Deadlines(PATIENCE, PATIENCE))) {
            return client.fetchJwt(caller, audience);
        }
    }

    private URI address() {
        return URI.create("https://127.0.0.1:" + caPort);
    }

    /** The lines that name a workload and get its identity from the authority. */
    String identity(SpiffeId id) throws IOException {
        String name = Objects.requireNonNull(id.serviceAccount());
        String secret = directory.tokens().create(id, Duration.ofHours(1), false, Instant.now());
        Files.writeString(bootstrapFile(name), secret);
        return """
        name: %s
        namespace: shop
        identity:
          trustDomain: cluster.local
          id: %s
          ca: {address: "%s", bundle: %s, token: %s}
        accessLog: {output: %s}
        admin: {listen: "127.0.0.1:0"}
        runtime: {loops: 1}
        """
                .formatted(
                        name,
                        id,
                        address(),
                        folder.resolve("bundle.pem"),
                        bootstrapFile(name),
                        accessLog(name));
    }

    Path bootstrapFile(String name) {
        return folder.resolve(name + "-token");
    }

    Path accessLog(String name) {
        return folder.resolve(name + "-access.log");
    }

    /** Runs until the mesh ends, or until it is closed. Waits until it is ready. */
    Sidecar start(String name, String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".yaml"), yaml);
        Sidecar sidecar =
                switch (new ConfigFile(System::getenv).load(file, SidecarConfig.SCHEMA)) {
                    case ConfigDocument.Loaded<SidecarConfig> good ->
                            Sidecar.create(good.config(), good.text());
                    case ConfigDocument.Invalid<SidecarConfig> bad ->
                            throw new IllegalArgumentException(bad.errors().toString());
                };
        return started(sidecar);
    }

    /** The same for a file that is watched; {@code file} is there. */
    Sidecar watch(Path file) throws IOException {
        Sidecar sidecar = watched(file);
        return started(sidecar);
    }

    /** Made, and not started. */
    Sidecar watched(Path file) throws IOException {
        ConfigFile reader = new ConfigFile(System::getenv);
        return switch (reader.load(file, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> good -> Sidecar.create(reader, file, good);
            case ConfigDocument.Invalid<SidecarConfig> bad ->
                    throw new IllegalArgumentException(bad.errors().toString());
        };
    }

    /** Starts it, and ends it with the mesh; it need not be ready. */
    Sidecar begin(Sidecar sidecar) throws IOException {
        open.push(sidecar);
        sidecar.start(() -> {});
        return sidecar;
    }

    private Sidecar started(Sidecar sidecar) throws IOException {
        var _ = begin(sidecar);
        Awaitility.await().atMost(PATIENCE).until(sidecar::ready);
        return sidecar;
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        ca.close();
    }
}
