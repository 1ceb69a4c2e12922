package dev.outrider.sidecar.soak;

import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import dev.outrider.sidecar.Sidecar;
import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A workload "web" and five that it calls: two of "orders" that speak HTTP/1.1, two of "grpc" that
 * speak HTTP/2, one of "tcp". Each has a sidecar whose configuration and identity are watched
 * files.
 */
final class SoakMesh implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Instances that have another beside them. */
    static final List<String> DOUBLED = List.of("orders-a", "orders-b", "grpc-a", "grpc-b");

    static final List<String> SERVERS = List.of("orders-a", "orders-b", "grpc-a", "grpc-b", "tcp");

    private final Path folder;
    private final SecureRandom random = new SecureRandom();
    private final HttpClient admin = HttpClient.newHttpClient();
    private final Map<String, Sidecar> sidecars = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private CertificateAuthority authority = authority();
    private volatile X509Svid web;

    SoakMesh(Path folder) throws IOException {
        this.folder = folder;
        for (String name : SERVERS) {
            ports.put(name, free());
            var _ = leaf(name);
            write(name + ".roots", authority.bundle().toPem());
        }
        web = leaf("web");
        write("web.roots", authority.bundle().toPem());
    }

    private CertificateAuthority authority() {
        Instant from = Instant.now().minusSeconds(60);
        return CertificateAuthority.Root.create("cluster.local", KeyAlgorithm.EC_P256, from, random)
                .intermediate(KeyAlgorithm.EC_P256, from, random);
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** What an instance is one of. */
    static String service(String instance) {
        return instance.split("-", 2)[0];
    }

    // ---- sidecars

    /** Writes the file and starts the sidecar, or has the running one read it at once. */
    void configure(String name, String way) throws IOException {
        write(name + ".yaml", header(name) + way);
        Sidecar running = sidecars.get(name);
        if (running == null) {
            start(name);
        } else {
            var status = running.reload();
            if (!status.current()) {
                throw new IllegalStateException(name + ": " + status.text());
            }
        }
    }

    private String header(String name) {
        return """
        name: %1$s
        identity:
          trustDomain: cluster.local
          id: %2$s
          files: {certificate: %3$s.crt, key: %3$s.key, bundle: %3$s.roots}
        admin: {listen: "127.0.0.1:0"}
        log: {level: error}
        accessLog: {output: /dev/null}
        runtime: {loops: 1, spread: 300ms, drain: 10s}
        """
                .formatted(name, id(name), folder.resolve(name));
    }

    /** As its file says; returns when it is ready. */
    void start(String name) throws IOException {
        Path file = folder.resolve(name + ".yaml");
        ConfigFile reader = new ConfigFile(_ -> null);
        if (!(reader.load(file, SidecarConfig.SCHEMA)
                instanceof ConfigDocument.Loaded<SidecarConfig> loaded)) {
            throw new IllegalArgumentException(Files.readString(file));
        }
        Sidecar sidecar = Sidecar.create(reader, file, loaded);
        sidecars.put(name, sidecar);
        sidecar.start(() -> {});
        await().atMost(PATIENCE).until(sidecar::ready);
    }

    /** As Kubernetes does it: told to end, it ends by itself, and another takes its place. */
    void restart(String name) throws IOException {
        Sidecar old = Objects.requireNonNull(sidecars.remove(name));
        old.drain();
        old.close();
        start(name);
    }

    /** At once, with all that it has open. */
    void end(String name) {
        Objects.requireNonNull(sidecars.remove(name)).close();
    }

    int port(String name) {
        return Objects.requireNonNull(ports.get(name));
    }

    int outbound() {
        return Objects.requireNonNull(sidecar("web").address("outbound")).getPort();
    }

    private Sidecar sidecar(String name) {
        return Objects.requireNonNull(sidecars.get(name));
    }

    String admin(String name, String path) {
        int port = Objects.requireNonNull(sidecar(name).address("admin")).getPort();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
        try {
            return admin.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    List<String> names() {
        return List.copyOf(sidecars.keySet());
    }

    // ---- identities

    private static SpiffeId id(String name) {
        return SpiffeId.of("cluster.local", "shop", name);
    }

    /** What "web" shows of itself at present. */
    X509Svid web() {
        return web;
    }

    private X509Svid leaf(String name) throws IOException {
        X509Svid svid =
                authority.issue(
                        id(name),
                        KeyAlgorithm.EC_P256,
                        List.of(),
                        Instant.now().minusSeconds(60),
                        Duration.ofHours(6));
        write(name + ".key", svid.keyPem());
        write(name + ".crt", svid.chainPem());
        return svid;
    }

    /** A new certificate for each of these; it is in use when this returns. */
    void renew(List<String> renewed) throws IOException {
        Map<String, X509Svid> leaves = new LinkedHashMap<>();
        for (String name : renewed) {
            leaves.put(name, leaf(name));
        }
        leaves.forEach((name, svid) -> {
            String serial = svid.leaf().getSerialNumber().toString(16);
            await().atMost(PATIENCE).until(() -> admin(name, "/certs").contains(serial));
        });
        X509Svid own = leaves.get("web");
        if (own != null) {
            web = own;
        }
    }

    /** First step: what the next root has signed is trusted too. The present one still signs. */
    void addRoot() throws IOException {
        CertificateAuthority next = authority();
        trust(authority.bundle().toPem() + next.bundle().toPem(), 2);
        authority = next;
    }

    /** Last step, after all was renewed. */
    void dropOldRoot() throws IOException {
        trust(authority.bundle().toPem(), 1);
    }

    private void trust(String roots, int count) throws IOException {
        for (String name : names()) {
            write(name + ".roots", roots);
        }
        for (String name : names()) {
            await().atMost(PATIENCE)
                    .until(() -> admin(name, "/certs").split("\"trust\"", -1).length - 1 == count);
        }
    }

    private void write(String name, String text) throws IOException {
        Path aside = Files.writeString(folder.resolve(name + ".new"), text);
        Files.move(aside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        sidecars.values().forEach(Sidecar::close);
        admin.close();
    }
}
