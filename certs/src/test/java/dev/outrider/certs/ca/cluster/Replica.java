package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.ca.AuditStream;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.cluster.ClusterAuthority.Tempo;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.LeaderElection.Timing;
import dev.outrider.certs.kubernetes.Mirror.Pace;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Watch;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** One replica of the authority, a real server on loopback, on a cluster that is a fake. */
final class Replica implements AutoCloseable {
    static final String SYSTEM = "outrider-system";
    static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    static final SpiffeId ORDERS = SpiffeId.of("cluster.local", "shop", "orders");
    static final Tempo QUICK =
            new Tempo(
                    new Pace(
                            Duration.ofMillis(1),
                            Duration.ofMillis(50),
                            new Watch.Span(Duration.ofMinutes(5), Duration.ofMinutes(5))),
                    new Timing(
                            Duration.ofSeconds(6), Duration.ofSeconds(5), Duration.ofMillis(100)));
    private static final CaClient.Deadlines PATIENT =
            new CaClient.Deadlines(Duration.ofSeconds(60), Duration.ofSeconds(60));

    final KubeApi api;
    final CaServer server;
    private final InstantSource clock;
    private final FakeKubernetes kubernetes;

    Replica(FakeKubernetes kubernetes, ClusterSettings cluster, InstantSource clock)
            throws Exception {
        this(kubernetes, kubernetes.api(), cluster, clock);
    }

    Replica(FakeKubernetes kubernetes, KubeApi api, ClusterSettings cluster, InstantSource clock)
            throws Exception {
        this.kubernetes = kubernetes;
        this.clock = clock;
        this.api = api;
        this.server =
                ClusterAuthority.start(
                        api,
                        cluster,
                        settings(),
                        new AuditStream(
                                new PrintStream(
                                        OutputStream.nullOutputStream(),
                                        true,
                                        StandardCharsets.UTF_8)),
                        QUICK,
                        clock,
                        new SecureRandom());
    }

    static ClusterSettings cluster(String replica, Optional<String> issuerSecret) {
        return new ClusterSettings(
                "cluster.local",
                KeyAlgorithm.EC_P256,
                SYSTEM,
                "outrider-ca",
                issuerSecret,
                "outrider-ca",
                "outrider-trust",
                "outrider-revoked",
                ClusterSettings.OPTED_IN,
                replica);
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

    /** As a sidecar has it: pinned to what its namespace's ConfigMap holds. */
    CaClient client(TrustBundle pinned) {
        return new CaClient(uri(), pinned, clock, new SecureRandom(), PATIENT);
    }

    /** With the roots as they are in the Secret. */
    CaClient client() {
        String data =
                new String(
                        Fields.secret(
                                        kubernetes
                                                .find(Resource.SECRETS.named(SYSTEM, "outrider-ca"))
                                                .orElseThrow(),
                                        "root.pem")
                                .orElseThrow(),
                        StandardCharsets.UTF_8);
        return client(TrustBundle.parsePem("cluster.local", data));
    }

    String token(String account) {
        return kubernetes.issueToken(
                "shop", account, List.of("outrider-ca"), clock.instant().plus(Duration.ofHours(1)));
    }

    static X509Svid fetch(CaClient client, SpiffeId id, String token) throws Exception {
        return client.fetchSvid(id, KeyAlgorithm.EC_P256, new BootstrapProof.Token(token));
    }

    /** As a sidecar does it, with the token that its kubelet keeps fresh. */
    static X509Svid renew(FakeKubernetes kubernetes, CaClient client, X509Svid svid)
            throws Exception {
        String token =
                kubernetes.issueToken(
                        String.valueOf(svid.id().namespace()),
                        String.valueOf(svid.id().serviceAccount()),
                        List.of("outrider-ca"),
                        Instant.parse("2100-01-01T00:00:00Z"));
        return renew(client, svid, token);
    }

    static X509Svid renew(CaClient client, X509Svid svid, String token) throws Exception {
        return client.fetchSvid(
                svid.id(),
                KeyAlgorithm.EC_P256,
                new BootstrapProof.Renewal(svid, new BootstrapProof.Token(token)));
    }

    /** As whoever has stolen the key and nothing else. */
    static X509Svid renewByKey(CaClient client, X509Svid svid) throws Exception {
        return client.fetchSvid(svid.id(), KeyAlgorithm.EC_P256, new BootstrapProof.Current(svid));
    }

    /** As kill -9 and a dead node: nothing is given back, nothing is written any more. */
    void kill() throws IOException {
        api.close();
        server.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
