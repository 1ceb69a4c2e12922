package dev.outrider.certs.ca;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidKeyManager;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A real server on a free port of loopback, with its state in a directory of the test. */
final class RunningCa implements AutoCloseable {
    static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    static final SpiffeId ORDERS = SpiffeId.of("cluster.local", "shop", "orders");

    static final CaClient.Deadlines PATIENT =
            new CaClient.Deadlines(Duration.ofSeconds(60), Duration.ofSeconds(60));

    final AuthorityDirectory directory;
    final CaServer server;
    final SecureRandom random = new SecureRandom();

    RunningCa(Path path, CaSettings settings) throws Exception {
        directory =
                AuthorityDirectory.exists(path)
                        ? AuthorityDirectory.open(path, random)
                        : AuthorityDirectory.create(
                                path, "cluster.local", KeyAlgorithm.EC_P256, Instant.now(), random);
        server = CaServer.start(directory, settings, InstantSource.system(), random);
    }

    RunningCa(Path path) throws Exception {
        this(path, settings());
    }

    static CaSettings settings() {
        CaSettings defaults = CaSettings.DEFAULTS;
        return new CaSettings(
                new InetSocketAddress("127.0.0.1", 0),
                defaults.hosts(),
                defaults.svidTtl(),
                defaults.jwtTtl(),
                defaults.schedule(),
                new CaSettings.Rate(1000, 1000),
                new CaSettings.Rate(1000, 1000));
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + server.address().getPort());
    }

    TrustBundle bundle() throws Exception {
        return directory.authority().bundle();
    }

    CaClient client() throws Exception {
        return patient(uri(), bundle());
    }

    /** With deadlines that a busy machine does not reach. */
    static CaClient patient(URI uri, TrustBundle bundle) {
        return new CaClient(uri, bundle, InstantSource.system(), new SecureRandom(), PATIENT);
    }

    String token(SpiffeId id) throws Exception {
        return directory.tokens().create(id, Duration.ofHours(1), false, Instant.now());
    }

    /** A workload's pair that skips the server. */
    X509Svid svid(SpiffeId id, Instant from, Duration ttl) throws Exception {
        CertificateAuthority authority = directory.authority();
        return authority.issue(id, KeyAlgorithm.EC_P256, List.of(), from, ttl);
    }

    /** A plain JDK client that checks the host name as a browser would. */
    HttpClient plain(@Nullable X509Svid shown) throws Exception {
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null, null);
        roots.setCertificateEntry("root", bundle().roots().getFirst());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(
                new KeyManager[] {new SvidKeyManager(() -> shown)}, trust.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(context)
                .build();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri().resolve(path)).timeout(Duration.ofSeconds(30));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
