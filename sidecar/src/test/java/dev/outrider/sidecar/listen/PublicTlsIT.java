package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.CertificateFiles;
import dev.outrider.sidecar.tls.ClientCertificates;
import dev.outrider.sidecar.tls.PublicCertificates;
import dev.outrider.sidecar.tls.PublicTlsConfig;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.Revocations;
import dev.outrider.sidecar.tls.TlsConfig;
import dev.outrider.sidecar.tls.TlsContexts;
import dev.outrider.sidecar.tls.TlsVersion;
import dev.outrider.sidecar.tls.WebPki;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Clients from outside, by the JDK's TLS, at a port that shows certificates by name. */
@SuppressWarnings("NullAway.Init") // set before each test
class PublicTlsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path folder;
    private WebPki web;

    @BeforeEach
    void authority() throws Exception {
        web = new WebPki("web root");
    }

    /** Opened and closed with the port that shows it. */
    private final class Door implements AutoCloseable {
        final PublicCertificates certificates;
        final AcceptRig rig;

        Door(PublicTlsConfig config) throws IOException {
            TlsContexts contexts =
                    new TlsContexts(
                            TlsConfig.DEFAULTS,
                            List.of("http/1.1"),
                            InstantSource.system(),
                            Revocations.none(),
                            new Random(5));
            certificates = PublicCertificates.open(config, contexts, InstantSource.system());
            RefusalLog refusals =
                    new RefusalLog(LoggerFactory.getLogger(PublicTlsIT.class), Ticker.system());
            rig =
                    new AcceptRig(
                            AppProtocol.HTTP,
                            AcceptRig.LONG,
                            new Security.Public(certificates::current, refusals));
        }

        @Override
        public void close() {
            certificates.close();
            rig.close();
        }
    }

    private CertificateFiles files(WebPki.Leaf leaf, String name, String... names)
            throws IOException {
        var _ = WebPki.write(leaf, folder, name);
        return new CertificateFiles(
                List.of(names), folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    }

    private static PublicTlsConfig shown(CertificateFiles... certificates) {
        return new PublicTlsConfig(
                List.of(certificates),
                ClientCertificates.NONE,
                null,
                TlsVersion.TLS_1_2,
                Duration.ofSeconds(5));
    }

    private PublicTlsConfig asking(ClientCertificates clients, CertificateFiles shown, WebPki who)
            throws IOException {
        Path roots = folder.resolve("clients.pem");
        Files.writeString(roots, dev.outrider.certs.Pem.encode(List.of(who.root())));
        return new PublicTlsConfig(
                List.of(shown), clients, roots, TlsVersion.TLS_1_2, Duration.ofSeconds(5));
    }

    private SSLSocket connect(
            Door door, SSLContext context, @Nullable String serverName, String... alpn)
            throws IOException {
        Socket tcp = door.rig.connect();
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(tcp, "127.0.0.1", tcp.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(
                serverName == null ? List.of() : List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(alpn);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static String nameShown(SSLSocket socket) throws SSLException {
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName();
    }

    private String nameShown(Door door, @Nullable String asked) throws Exception {
        try (SSLSocket socket = connect(door, web.client(null, "TLS"), asked)) {
            return nameShown(socket);
        }
    }

    private static String ask(SSLSocket socket) throws IOException {
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] first = socket.getInputStream().readNBytes(12);
        return new String(first, StandardCharsets.US_ASCII);
    }

    @Test
    void certificateIsChosenByTheNameThatIsAskedFor() throws Exception {
        CertificateFiles first = files(web.leaf("first", "shop.example.com"), "first");
        CertificateFiles second = files(web.leaf("second", "*.example.org"), "second");
        CertificateFiles third = files(web.leaf("third"), "third", "API.example.net");
        try (Door door = new Door(shown(first, second, third))) {
            assertThat(nameShown(door, "shop.example.com")).isEqualTo("CN=first");
            assertThat(nameShown(door, "any.example.org")).isEqualTo("CN=second");
            assertThat(nameShown(door, "api.EXAMPLE.net")).isEqualTo("CN=third");
            // Neither the bare domain nor two labels are below a wildcard; RFC 6125, 6.4.3.
            assertThat(nameShown(door, "example.org")).isEqualTo("CN=first");
            assertThat(nameShown(door, "a.b.example.org")).isEqualTo("CN=first");
            assertThat(nameShown(door, "unknown.test")).isEqualTo("CN=first");
            assertThat(nameShown(door, null)).isEqualTo("CN=first");
        }
    }

    @Test
    void speaksBothVersionsBothKeysAndWhatAlpnSettles() throws Exception {
        Instant now = Instant.now();
        WebPki.Leaf rsa = web.leaf("RSA", "rsa", now, Duration.ofHours(1), "rsa.example.com");
        CertificateFiles ec = files(web.leaf("ec", "ec.example.com"), "ec");
        try (Door door = new Door(shown(ec, files(rsa, "rsa")))) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                for (String name : List.of("ec.example.com", "rsa.example.com")) {
                    SSLContext client = web.client(null, version);
                    try (SSLSocket socket = connect(door, client, name, "http/1.1")) {
                        assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                        assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
                        assertThat(ask(socket)).isEqualTo("HTTP/1.1 204");
                        Peer peer = door.rig.caller();
                        assertThat(peer.tls()).isTrue();
                        assertThat(peer.certificateHash()).isNull();
                    }
                }
            }
            SSLContext client = web.client(null, "TLS");
            try (SSLSocket socket = connect(door, client, null, "h2", "http/1.1")) {
                assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            }
            try (SSLSocket socket = connect(door, client, null)) {
                assertThat(ask(socket)).isEqualTo("HTTP/1.1 204");
            }
        }
    }

    @Test
    void oldVersionsArePlainlyRefused() throws Exception {
        CertificateFiles one = files(web.leaf("one", "a.example.com"), "one");
        PublicTlsConfig strict =
                new PublicTlsConfig(
                        List.of(one),
                        ClientCertificates.NONE,
                        null,
                        TlsVersion.TLS_1_3,
                        Duration.ofSeconds(5));
        try (Door door = new Door(strict)) {
            SSLContext old = web.client(null, "TLSv1.2");
            assertThatThrownBy(() -> connect(door, old, null)).isInstanceOf(IOException.class);
            assertThat(nameShown(door, null)).isEqualTo("CN=one");
        }
    }

    @Test
    void clientCertificatesAreVerifiedWhereTheyAreAskedFor() throws Exception {
        WebPki partners = new WebPki("partners");
        // The same name and another key, so that a client offers what it has.
        WebPki strangers = new WebPki("partners");
        CertificateFiles one = files(web.leaf("one", "a.example.com"), "one");
        WebPki.Leaf partner = partners.leaf("partner");
        try (Door door = new Door(asking(ClientCertificates.OPTIONAL, one, partners))) {
            try (SSLSocket socket = connect(door, web.client(partner, "TLSv1.3"), null)) {
                assertThat(ask(socket)).isEqualTo("HTTP/1.1 204");
                Peer peer = door.rig.caller();
                assertThat(peer.subject()).isEqualTo("CN=partner");
                assertThat(peer.certificateHash()).hasSize(64);
                assertThat(peer.id()).isNull();
            }
            try (SSLSocket socket = connect(door, web.client(null, "TLSv1.3"), null)) {
                assertThat(ask(socket)).isEqualTo("HTTP/1.1 204");
                assertThat(door.rig.caller().certificateHash()).isNull();
            }
            SSLContext stranger = web.client(strangers.leaf("stranger"), "TLSv1.2");
            assertThatThrownBy(() -> ask(connect(door, stranger, null)))
                    .isInstanceOf(IOException.class);
        }
        try (Door door = new Door(asking(ClientCertificates.REQUIRED, one, partners))) {
            SSLContext nobody = web.client(null, "TLSv1.2");
            assertThatThrownBy(() -> ask(connect(door, nobody, null)))
                    .isInstanceOf(IOException.class);
            try (SSLSocket socket = connect(door, web.client(partner, "TLSv1.2"), null)) {
                assertThat(ask(socket)).isEqualTo("HTTP/1.1 204");
            }
        }
    }

    @Test
    void filesThatChangeAreTakenWhenTheyFitTogether() throws Exception {
        CertificateFiles one = files(web.leaf("before", "a.example.com"), "one");
        try (Door door = new Door(shown(one));
                SSLSocket open = connect(door, web.client(null, "TLSv1.3"), null)) {
            Files.writeString(one.certificate(), "-----BEGIN CERTIFICATE-----\nnonsense");
            Awaitility.await().atMost(PATIENCE).until(() -> door.certificates.problem() != null);
            assertThat(Objects.requireNonNull(door.certificates.problem()))
                    .contains(one.certificate().toString());
            assertThat(nameShown(door, null)).isEqualTo("CN=before");
            var _ = files(web.leaf("after", "a.example.com"), "one");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> nameShown(door, null).equals("CN=after"));
            assertThat(door.certificates.problem()).isNull();
            assertThat(ask(open)).isEqualTo("HTTP/1.1 204");
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamedAtTheStart() throws Exception {
        CertificateFiles good = files(web.leaf("good", "a.example.com"), "good");
        CertificateFiles other = files(web.leaf("other", "b.example.com"), "other");
        CertificateFiles mixed = new CertificateFiles(List.of(), good.certificate(), other.key());
        assertThatThrownBy(() -> new Door(shown(mixed)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(good.certificate().toString())
                .hasMessageContaining(other.key().toString());
        assertThatThrownBy(() -> new Door(shown(good, other, mixed)))
                .hasMessageContaining(other.key().toString());
        CertificateFiles missing =
                new CertificateFiles(List.of(), folder.resolve("none.pem"), good.key());
        assertThatThrownBy(() -> new Door(shown(missing)))
                .hasMessageContaining("none.pem")
                .hasMessageContaining("does not exist");
        Instant lastWeek = Instant.now().minus(Duration.ofDays(7));
        WebPki.Leaf over = web.leaf("EC", "over", lastWeek, Duration.ofHours(1), "c.example.com");
        assertThatThrownBy(() -> new Door(shown(files(over, "over"))))
                .hasMessageContaining("over.pem")
                .hasMessageContaining("renew it");
    }

    @Test
    void whatIsNoTlsOrTooSlowIsCut() throws Exception {
        CertificateFiles one = files(web.leaf("one", "a.example.com"), "one");
        PublicTlsConfig brisk =
                new PublicTlsConfig(
                        List.of(one),
                        ClientCertificates.NONE,
                        null,
                        TlsVersion.TLS_1_2,
                        Duration.ofMillis(300));
        try (Door door = new Door(brisk)) {
            try (Socket plain = door.rig.connect()) {
                plain.getOutputStream()
                        .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(readToTheEnd(plain)).doesNotContain("HTTP/1.1 2");
            }
            try (Socket silent = door.rig.connect()) {
                assertThat(readToTheEnd(silent)).isEmpty();
            }
            try (Socket halfway = door.rig.connect()) {
                halfway.getOutputStream().write(new byte[] {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252});
                assertThat(readToTheEnd(halfway)).isEmpty();
            }
            Awaitility.await().atMost(PATIENCE).until(() -> door.rig.listener.connections() == 0);
        }
    }

    /** What came until the other side closed, however it did. */
    private static String readToTheEnd(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException e) {
            return "";
        }
    }
}
