package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.listen.Security;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.TlsConfig;
import dev.outrider.sidecar.tls.TlsContexts;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Two proxies in a row with TLS between them, which hands bytes on in pieces of its own. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class MutualTlsIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static Identity web;
    private static Identity renewed;
    private static Identity orders;

    private RawUpstream upstream;
    private ProxyRig inbound;
    private ProxyRig outbound;
    private RawClient client;

    @BeforeAll
    static void issue() throws IOException {
        Instant now = Instant.now();
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority =
                CertificateAuthority.Root.create("cluster.local", KeyAlgorithm.EC_P256, now, random)
                        .intermediate(KeyAlgorithm.EC_P256, now, random);
        web = identity(authority, "web", now);
        renewed = identity(authority, "web", now);
        orders = identity(authority, "orders", now);
    }

    private static Identity identity(CertificateAuthority authority, String name, Instant now)
            throws IOException {
        return new TlsContexts(
                        TlsConfig.DEFAULTS,
                        List.of(),
                        InstantSource.system(),
                        dev.outrider.sidecar.tls.Revocations.none(),
                        new java.util.Random(1))
                .identity(
                        authority.issue(
                                SpiffeId.of("cluster.local", "shop", name),
                                KeyAlgorithm.EC_P256,
                                List.of(),
                                now,
                                Duration.ofDays(1)),
                        authority.bundle());
    }

    private static RefusalLog refusals() {
        return new RefusalLog(LoggerFactory.getLogger("test"), Ticker.system());
    }

    private void start(
            Security security, Supplier<@Nullable Identity> caller, RawUpstream.Script script)
            throws IOException {
        upstream = new RawUpstream(script);
        inbound =
                new ProxyRig(
                        new ServiceConfigs.Knobs().config(),
                        H1Limits.DEFAULTS,
                        List.of(new Endpoint("127.0.0.1", upstream.port())),
                        () -> null,
                        security);
        outbound =
                new ProxyRig(
                        new ServiceConfigs.Knobs().mtls().config(),
                        H1Limits.DEFAULTS,
                        List.of(new Endpoint("127.0.0.1", inbound.port())),
                        caller,
                        new Security.Plain());
        client = new RawClient(outbound.port());
    }

    @AfterEach
    void stop() throws IOException {
        outbound.awaitRest();
        inbound.awaitRest();
        client.close();
        outbound.close();
        inbound.close();
        upstream.close();
    }

    @Test
    void speaksTlsAndPlainTextOnOnePort() throws IOException {
        start(
                new Security.Permissive(() -> orders, refusals()),
                () -> web,
                (connection, _) -> connection.serve(RawUpstream.OK));
        client.send(GET);
        assertThat(client.answer().body()).isEqualTo("ok");
        assertThat(inbound.exchange().peer().id()).hasToString(web.id().toString());
        try (RawClient plain = new RawClient(inbound.port())) {
            assertThat(plain.send("G").send(GET.substring(1)).answer().body()).isEqualTo("ok");
            assertThat(inbound.exchange().peer().id()).isNull();
        }
    }

    @Test
    void closesPlainTextWhereTlsIsRequired() throws IOException {
        start(
                new Security.MutualTls(() -> orders, refusals()),
                () -> web,
                (connection, _) -> connection.serve(RawUpstream.OK));
        try (RawClient plain = new RawClient(inbound.port())) {
            assertThat(plain.send(GET).rest()).doesNotContain("HTTP");
        }
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        assertThat(upstream.heads).hasSize(1);
    }

    @Test
    void usesNoIdleConnectionOfTheCertificateBefore() throws IOException {
        AtomicReference<Identity> caller = new AtomicReference<>(web);
        start(
                new Security.MutualTls(() -> orders, refusals()),
                caller::get,
                (connection, _) -> connection.serve(RawUpstream.OK));
        for (int i = 0; i < 2; i++) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
        }
        assertThat(inbound.listener().connections()).isEqualTo(1);
        caller.set(renewed);
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        // The client has its answer before the observer is told.
        await().until(() -> inbound.finished.size() == 3);
        assertThat(inbound.finished)
                .extracting(each -> each.peer().certificateHash())
                .satisfies(hashes -> assertThat(hashes.get(1)).isEqualTo(hashes.get(0)))
                .satisfies(hashes -> assertThat(hashes.get(2)).isNotEqualTo(hashes.get(1)));
        await().until(() -> inbound.listener().connections() == 1);
    }

    @Test
    void refusesCallsBeforeItsCertificateHasCome() throws IOException {
        start(
                new Security.MutualTls(() -> orders, refusals()),
                () -> null,
                (connection, _) -> connection.serve(RawUpstream.OK));
        for (int i = 0; i < 30; i++) {
            RawClient.Answer answer = client.send(GET).answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("no-identity");
        }
        // It is nobody's fault but ours, so no breaker opens.
        assertThat(outbound.exchange().failure()).isInstanceOf(Failure.NotReady.class);
        assertThat(Objects.requireNonNull(outbound.service.breaker()).counts().failed()).isZero();
    }

    @Test
    void carriesMegabytesBothWaysAtTheReadersPace() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        int size = 40_000_000;
        AtomicLong sum = new AtomicLong();
        start(
                new Security.MutualTls(() -> orders, refusals()),
                () -> web,
                (connection, _) -> {
                    connection.head();
                    go.await();
                    byte[] body = connection.in().readNBytes(size);
                    sum.set(sum(body));
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    connection.write(body);
                    connection.untilClosed();
                });
        byte[] body = new byte[size];
        new java.util.Random(5).nextBytes(body);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
        Thread sender =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                client.send(body);
                            } catch (IOException e) {
                                // The answer will be missing.
                            }
                        });
        await().until(() -> upstream.heads.size() == 1);
        go.countDown();
        client.head();
        byte[] back = client.in().readNBytes(size);
        sender.join();
        assertThat(sum).hasValue(sum(body));
        assertThat(sum(back)).isEqualTo(sum(body));
    }

    private static long sum(byte[] bytes) {
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    @Test
    void losesNoGetWhenTheOtherProxyBreaksOff() throws IOException {
        start(
                new Security.MutualTls(() -> orders, refusals()),
                () -> web,
                (connection, number) -> {
                    if (number % 2 == 1) {
                        connection.head();
                        connection.reset();
                    }
                    connection.serve(RawUpstream.OK);
                });
        for (int i = 0; i < 5; i++) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
        }
    }
}
