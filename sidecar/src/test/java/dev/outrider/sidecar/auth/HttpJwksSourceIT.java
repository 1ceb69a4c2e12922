package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpJwksSourceIT {
    private final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/good", exchange -> answer(exchange, 200, Tokens.JWKS));
        server.createContext("/missing", exchange -> answer(exchange, 404, "{}"));
        server.createContext("/huge", exchange -> answer(exchange, 200, "x".repeat(1_100_000)));
        server.createContext(
                "/moved",
                exchange -> {
                    exchange.getResponseHeaders().add("Location", "/good");
                    answer(exchange, 302, "");
                });
        server.createContext(
                "/stalls",
                exchange -> {
                    exchange.sendResponseHeaders(200, 100);
                    exchange.getResponseBody().write('{');
                    exchange.getResponseBody().flush();
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Cache-Control", "public, max-age=100");
        try (exchange) {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private HttpJwksSource source(String path, Duration timeout) {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        return new HttpJwksSource(
                url,
                timeout,
                () -> {
                    throw new AssertionError("no TLS here");
                });
    }

    private JwksSource source(String path) {
        return source(path, Duration.ofSeconds(20));
    }

    @Test
    void fetchesTheDocumentAndHowLongItIsGood() throws Exception {
        assertThat(source("/good").fetch())
                .isEqualTo(new JwksSource.Fetched(Tokens.JWKS, Duration.ofSeconds(80)));
    }

    @Test
    void refusesAnyOtherAnswer() {
        assertThatThrownBy(() -> source("/missing").fetch())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("404");
        assertThatThrownBy(() -> source("/moved").fetch())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("302");
    }

    @Test
    void stopsReadingABodyThatIsTooLarge() {
        assertThatThrownBy(() -> source("/huge").fetch()).isInstanceOf(IOException.class);
    }

    @Test
    void givesUpOnABodyThatDoesNotCome() {
        assertThatThrownBy(() -> source("/stalls", Duration.ofMillis(300)).fetch())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not answer");
    }

    @Test
    void trustsOnlyServersItsTrustKnows() throws Exception {
        KeyPair pair = Tokens.generate("EC", 256);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate certificate = selfSigned(pair);
        store.setKeyEntry(
                "server", pair.getPrivate(), new char[0], new Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext serving = SSLContext.getInstance("TLS");
        serving.init(keys.getKeyManagers(), null, null);
        KeyStore roots = KeyStore.getInstance("PKCS12");
        roots.load(null, null);
        roots.setCertificateEntry("root", certificate);
        TrustManagerFactory trusting = TrustManagerFactory.getInstance("PKIX");
        trusting.init(roots);
        SSLContext mesh = SSLContext.getInstance("TLS");
        mesh.init(null, trusting.getTrustManagers(), null);
        HttpsServer tls =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        tls.setHttpsConfigurator(new HttpsConfigurator(serving));
        tls.createContext("/jwks", exchange -> answer(exchange, 200, Tokens.JWKS));
        tls.start();
        try {
            URI url = URI.create("https://127.0.0.1:" + tls.getAddress().getPort() + "/jwks");
            Duration timeout = Duration.ofSeconds(20);
            assertThat(new HttpJwksSource(url, timeout, () -> mesh).fetch().text())
                    .isEqualTo(Tokens.JWKS);
            SSLContext publicTrust = SSLContext.getDefault();
            assertThatThrownBy(() -> new HttpJwksSource(url, timeout, () -> publicTrust).fetch())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("SSLHandshakeException");
        } finally {
            tls.stop(0);
        }
    }

    private static X509Certificate selfSigned(KeyPair pair) throws Exception {
        X500Name name = new X500Name("CN=ca");
        Instant now = Instant.now();
        ContentSigner signer =
                new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
        GeneralNames address =
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        return new JcaX509CertificateConverter()
                .getCertificate(
                        new JcaX509v3CertificateBuilder(
                                        name,
                                        BigInteger.ONE,
                                        Date.from(now.minusSeconds(60)),
                                        Date.from(now.plusSeconds(3600)),
                                        name,
                                        pair.getPublic())
                                .addExtension(Extension.subjectAlternativeName, false, address)
                                .build(signer));
    }

    @ParameterizedTest
    @CsvSource({
        "max-age=100,80",
        "'public, MAX-AGE=1000',800",
        "max-age=1,10",
        "max-age=999999999,86400"
    })
    void comesBackBeforeTheDocumentIsOver(String cacheControl, long seconds) {
        assertThat(HttpJwksSource.goodFor(cacheControl)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"''", "no-store", "s-maxage=100", "max-age=x"})
    void goesByTheConfigurationWithoutMaxAge(String cacheControl) {
        assertThat(HttpJwksSource.goodFor(cacheControl)).isNull();
    }
}
