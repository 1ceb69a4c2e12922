package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import dev.outrider.sidecar.tls.Loopback.Outcome;
import dev.outrider.sidecar.tls.TlsFailure.Reason;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCounted;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"OPENSSL_REFCNT", "JDK"})
class HandshakeIT {
    @Parameter SslProvider provider = SslProvider.JDK;

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final AtomicReference<Instant> clock = new AtomicReference<>(start);
    private final TestMesh mesh = new TestMesh("cluster.local", start);
    private final Loopback loopback = new Loopback();

    @AfterEach
    void close() {
        loopback.close();
    }

    @Test
    void bothSidesLearnWhoTheOtherIs() throws Exception {
        Identity web = identity(mesh.issue(TestMesh.WEB, start));
        Identity orders = identity(mesh.issue(TestMesh.ORDERS, start));
        InetSocketAddress server = serve(orders);

        Loopback.Connection connection = loopback.connect(web.client(Alpn.HTTP_1), server);

        Outcome.Done here = done(connection.outcome());
        Outcome.Done there = done(loopback.accepted());
        assertThat(here.version()).isEqualTo("TLSv1.3");
        assertThat(here.protocol()).isEqualTo("http/1.1");
        assertThat(peer(here).id()).isEqualTo(TestMesh.ORDERS);
        assertThat(peer(there).id()).isEqualTo(TestMesh.WEB);
        assertThat(peer(there).certificateHash()).matches("[0-9a-f]{64}");
        assertThat(peer(there).notAfter()).isEqualTo(web.svid().notAfter());
        assertThat(peer(there).resumed()).isFalse();
        assertThat(connection.echo("hello")).isEqualTo("hello");
    }

    @ParameterizedTest
    @EnumSource(names = {"EC_P256", "EC_P384", "RSA_2048"})
    void everyKindOfKeyWorks(KeyAlgorithm algorithm) throws Exception {
        Identity web = identity(mesh.issue(TestMesh.WEB, algorithm, start));
        InetSocketAddress server = serve(web);

        done(loopback.connect(web.client(Alpn.HTTP_1), server).outcome());

        assertThat(peer(done(loopback.accepted())).id()).isEqualTo(TestMesh.WEB);
    }

    @Test
    void refusesAClientWithoutACertificate() throws Exception {
        InetSocketAddress server = serve(identity(mesh.issue(TestMesh.ORDERS, start)));
        SslContext anonymous = anonymous("TLSv1.3");

        Loopback.Connection connection =
                loopback.connect(server, channel -> anonymous.newHandler(channel.alloc()));

        assertThat(failure(loopback.accepted()).reason()).isEqualTo(Reason.NO_CERTIFICATE);
        done(connection.outcome());
        assertThat(failure(connection.outcome()).reason()).isEqualTo(Reason.REFUSED_BY_PEER);
    }

    @Test
    void aPermissiveListenerTakesAnAnonymousClientButNoBadCertificate() throws Exception {
        Identity orders = identity(mesh.issue(TestMesh.ORDERS, start));
        ServerTls permissive = orders.server(ClientCertificates.OPTIONAL);
        InetSocketAddress server = loopback.serve(() -> permissive);
        SslContext anonymous = anonymous("TLSv1.3");

        Loopback.Connection connection =
                loopback.connect(server, channel -> anonymous.newHandler(channel.alloc()));
        done(connection.outcome());
        assertThat(done(loopback.accepted()).peer()).isNull();

        X509Svid old = mesh.issue(TestMesh.WEB, start.minus(Duration.ofDays(3)));
        loopback.connect(identity(old).client(Alpn.HTTP_1), server);
        assertThat(failure(loopback.accepted()).reason()).isEqualTo(Reason.EXPIRED);
    }

    @Test
    void refusesAnExpiredClientAndSaysBothClocks() throws Exception {
        X509Svid old = mesh.issue(TestMesh.WEB, start.minus(Duration.ofDays(3)));

        TlsFailure failure = refusalOf(old);

        assertThat(failure.reason()).isEqualTo(Reason.EXPIRED);
        assertThat(failure.sentence())
                .contains("client's certificate")
                .contains(TestMesh.WEB.toString())
                .contains("serial " + old.leaf().getSerialNumber().toString(16))
                .contains(old.notAfter().toString())
                .contains("our clock says " + start);
    }

    @Test
    void refusesAClientThatIsNotYetValid() throws Exception {
        X509Svid early = mesh.issue(TestMesh.WEB, start.plus(Duration.ofDays(3)));

        TlsFailure failure = refusalOf(early);

        assertThat(failure.reason()).isEqualTo(Reason.NOT_YET_VALID);
        assertThat(failure.sentence()).contains(early.notBefore().toString());
    }

    @Test
    void refusesAClientOfAnotherRootWithTheSameTrustDomain() throws Exception {
        TestMesh impostor = new TestMesh("cluster.local", start);
        assertThat(refusalOf(impostor.issue(TestMesh.WEB, start)).reason())
                .isEqualTo(Reason.UNTRUSTED);
    }

    @Test
    void refusesAClientOfAnotherTrustDomain() throws Exception {
        TestMesh foreign = new TestMesh("elsewhere", start);
        SpiffeId id = SpiffeId.of("elsewhere", "shop", "web");
        assertThat(refusalOf(foreign.issue(id, start)).reason())
                .isEqualTo(Reason.FOREIGN_TRUST_DOMAIN);
    }

    @Test
    void refusesAClientWithTwoIds() throws Exception {
        X509Svid odd = mesh.withTwoIds(TestMesh.WEB, TestMesh.ORDERS, start);
        assertThat(refusalOf(odd).reason()).isEqualTo(Reason.BAD_CERTIFICATE);
    }

    @Test
    void aClientRefusesAnExpiredServer() throws Exception {
        X509Svid old = mesh.issue(TestMesh.ORDERS, start.minus(Duration.ofDays(3)));
        InetSocketAddress server = serve(identity(old));
        Identity web = identity(mesh.issue(TestMesh.WEB, start));

        Loopback.Connection connection = loopback.connect(web.client(Alpn.HTTP_1), server);

        TlsFailure here = failure(connection.outcome());
        assertThat(here.reason()).isEqualTo(Reason.EXPIRED);
        assertThat(here.sentence()).contains("server's certificate");
        TlsFailure there = failure(loopback.accepted());
        assertThat(there.reason()).isEqualTo(Reason.REFUSED_BY_PEER);
        assertThat(there.sentence()).contains("certificate expired");
    }

    @Test
    void aClientSeesWhoAnsweredInsteadOfWhomItCalled() throws Exception {
        InetSocketAddress server = serve(identity(mesh.issue(TestMesh.ORDERS, start)));
        Identity web = identity(mesh.issue(TestMesh.WEB, start));
        ExpectedPeer expected = ExpectedPeer.exactly(Set.of(TestMesh.WEB));

        TlsPeer answered = peer(done(loopback.connect(web.client(Alpn.HTTP_1), server).outcome()));

        assertThat(expected.allows(answered.id())).isFalse();
    }

    @Test
    void refusesTls12UnlessConfigured() throws Exception {
        X509Svid svid = mesh.issue(TestMesh.ORDERS, start);
        SslContext old = anonymous("TLSv1.2");

        InetSocketAddress modern = serve(identity(svid));
        loopback.connect(modern, channel -> old.newHandler(channel.alloc()));
        assertThat(failure(loopback.accepted()).reason()).isEqualTo(Reason.NOTHING_IN_COMMON);

        TlsConfig lenient = new TlsConfig(TlsVersion.TLS_1_2, Duration.ofSeconds(5), null, null);
        ServerTls tls =
                contexts(lenient).identity(svid, mesh.bundle()).server(ClientCertificates.NONE);
        InetSocketAddress both = loopback.serve(() -> tls);
        loopback.connect(both, channel -> old.newHandler(channel.alloc()));
        assertThat(done(loopback.accepted()).version()).isEqualTo("TLSv1.2");
    }

    @Test
    void aSecondConnectionResumesAndStillCarriesTheIdentity() throws Exception {
        Identity web = identity(mesh.issue(TestMesh.WEB, start));
        Identity orders = identity(mesh.issue(TestMesh.ORDERS, start));
        InetSocketAddress server = serve(orders);
        connectOnce(web, server);

        Loopback.Connection second = loopback.connect(web.client(Alpn.HTTP_1), server);

        TlsPeer here = peer(done(second.outcome()));
        TlsPeer there = peer(done(loopback.accepted()));
        assertThat(here.resumed()).isTrue();
        assertThat(here.id()).isEqualTo(TestMesh.ORDERS);
        assertThat(there.resumed()).isTrue();
        assertThat(there.id()).isEqualTo(TestMesh.WEB);
        assertThat(second.echo("again")).isEqualTo("again");
    }

    @Test
    void aNewIdentityOnEitherSideEndsResumption() throws Exception {
        Identity web = identity(mesh.issue(TestMesh.WEB, start));
        AtomicReference<Identity> orders =
                new AtomicReference<>(identity(mesh.issue(TestMesh.ORDERS, start)));
        InetSocketAddress server =
                loopback.serve(() -> orders.get().server(ClientCertificates.REQUIRED));
        connectOnce(web, server);

        orders.set(identity(mesh.issue(TestMesh.ORDERS, start)));
        Loopback.Connection afterServer = loopback.connect(web.client(Alpn.HTTP_1), server);
        assertThat(peer(done(afterServer.outcome())).resumed()).isFalse();
        assertThat(peer(done(loopback.accepted())).resumed()).isFalse();

        assertThat(afterServer.echo("x")).isEqualTo("x");
        Identity renewed = identity(mesh.issue(TestMesh.WEB, start));
        Loopback.Connection afterClient = loopback.connect(renewed.client(Alpn.HTTP_1), server);
        assertThat(peer(done(afterClient.outcome())).resumed()).isFalse();
        assertThat(peer(done(loopback.accepted())).resumed()).isFalse();
    }

    @Test
    void aSessionCannotOutliveTheCertificateItStandsFor() throws Exception {
        Identity web = identity(mesh.issue(TestMesh.WEB, start.minus(Duration.ofHours(20))));
        InetSocketAddress server = serve(identity(mesh.issue(TestMesh.ORDERS, start)));
        connectOnce(web, server);

        clock.set(start.plus(Duration.ofHours(5)));
        Loopback.Connection late = loopback.connect(web.client(Alpn.HTTP_1), server);

        done(late.outcome());
        assertThat(failure(loopback.accepted()).reason()).isEqualTo(Reason.EXPIRED);
    }

    @Test
    void rotationTakesNewConnectionsAtOnceAndBreaksNoOldOne() throws Exception {
        Identity web = identity(mesh.issue(TestMesh.WEB, start));
        AtomicReference<Identity> orders =
                new AtomicReference<>(identity(mesh.issue(TestMesh.ORDERS, start)));
        InetSocketAddress server =
                loopback.serve(() -> orders.get().server(ClientCertificates.REQUIRED));
        List<Loopback.Connection> open = new ArrayList<>();
        String last = "";
        for (int round = 0; round < 10; round++) {
            orders.set(identity(mesh.issue(TestMesh.ORDERS, start)));
            Loopback.Connection connection = loopback.connect(web.client(Alpn.HTTP_1), server);
            String hash = peer(done(connection.outcome())).certificateHash();
            assertThat(hash).isNotEqualTo(last);
            last = hash;
            open.add(connection);
            for (Loopback.Connection each : open) {
                assertThat(each.echo("round " + round)).isEqualTo("round " + round);
            }
        }
    }

    @Test
    void plainTextOnATlsPortIsCalledThat() throws Exception {
        InetSocketAddress server = serve(identity(mesh.issue(TestMesh.ORDERS, start)));
        try (java.net.Socket socket = new java.net.Socket()) {
            socket.connect(server);
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes("US-ASCII"));
            assertThat(failure(loopback.accepted()).reason()).isEqualTo(Reason.NOT_TLS);
        }
    }

    @Test
    void aSilentClientAndOneThatLeavesAreToldApart() throws Exception {
        TlsConfig hasty = new TlsConfig(TlsVersion.TLS_1_3, Duration.ofMillis(200), null, null);
        ServerTls tls =
                contexts(hasty)
                        .identity(mesh.issue(TestMesh.ORDERS, start), mesh.bundle())
                        .server(ClientCertificates.REQUIRED);
        InetSocketAddress server = loopback.serve(() -> tls);
        try (java.net.Socket socket = new java.net.Socket()) {
            socket.connect(server);
            assertThat(failure(loopback.accepted()).reason()).isEqualTo(Reason.TIMEOUT);
        }
        InetSocketAddress patient = serve(identity(mesh.issue(TestMesh.ORDERS, start)));
        try (java.net.Socket socket = new java.net.Socket()) {
            socket.connect(patient);
        }
        assertThat(failure(loopback.accepted()).reason()).isEqualTo(Reason.CLOSED);
    }

    @Test
    void nativeMemoryOfAReplacedIdentityIsGivenBack() throws Exception {
        Identity web = identity(mesh.issue(TestMesh.WEB, start));
        AtomicReference<@Nullable Identity> orders =
                new AtomicReference<>(identity(mesh.issue(TestMesh.ORDERS, start)));
        SslContext context =
                Objects.requireNonNull(orders.get()).server(ClientCertificates.REQUIRED).context();
        AtomicReference<@Nullable ServerTls> held =
                new AtomicReference<>(
                        Objects.requireNonNull(orders.get()).server(ClientCertificates.REQUIRED));
        InetSocketAddress server =
                loopback.serve(() -> Objects.requireNonNull(held.getAndSet(null)));
        Loopback.Connection connection = loopback.connect(web.client(Alpn.HTTP_1), server);
        done(connection.outcome());
        done(loopback.accepted());

        orders.set(null);

        if (context instanceof ReferenceCounted counted) {
            System.gc();
            assertThat(connection.echo("alive")).isEqualTo("alive");
            connection.close();
            await().untilAsserted(() -> {
                System.gc();
                assertThat(counted.refCnt()).isZero();
            });
        }
    }

    /** What the server says about a client that shows {@code svid}. */
    private TlsFailure refusalOf(X509Svid svid) throws Exception {
        InetSocketAddress server = serve(identity(mesh.issue(TestMesh.ORDERS, start)));
        Loopback.Connection connection =
                loopback.connect(identity(svid).client(Alpn.HTTP_1), server);
        TlsFailure there = failure(loopback.accepted());
        done(connection.outcome());
        assertThat(failure(connection.outcome()).reason())
                .as("what the client is told by its end")
                .isEqualTo(Reason.REFUSED_BY_PEER);
        return there;
    }

    /** A whole connection with an answer, so that the client has read the server's tickets. */
    private void connectOnce(Identity web, InetSocketAddress server) throws Exception {
        Loopback.Connection first = loopback.connect(web.client(Alpn.HTTP_1), server);
        assertThat(peer(done(first.outcome())).resumed()).isFalse();
        done(loopback.accepted());
        assertThat(first.echo("first")).isEqualTo("first");
        first.close();
    }

    private InetSocketAddress serve(Identity identity) throws InterruptedException {
        ServerTls tls = identity.server(ClientCertificates.REQUIRED);
        return loopback.serve(() -> tls);
    }

    private Identity identity(X509Svid svid) throws Exception {
        return contexts(TlsConfig.DEFAULTS).identity(svid, mesh.bundle());
    }

    private TlsContexts contexts(TlsConfig config) {
        List<String> protocols = List.of("http/1.1");
        return new TlsContexts(
                config,
                protocols,
                clock::get,
                Revocations.none(),
                new java.util.Random(1),
                provider);
    }

    private static SslContext anonymous(String version) throws Exception {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols(version)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    private static Outcome.Done done(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return (Outcome.Done) outcome;
    }

    private static TlsFailure failure(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).failure();
    }

    private static TlsPeer peer(Outcome.Done done) {
        TlsPeer peer = done.peer();
        if (peer == null) {
            throw new AssertionError("the peer stayed anonymous");
        }
        return peer;
    }
}
