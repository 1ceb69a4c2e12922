package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.CaException;
import dev.outrider.certs.CaException.Side;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.PlainJwt;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole way with our own client: a token, a certificate, a renewal, a JWT that verifies. */
class CaServerIT {
    @TempDir Path temp;
    private RunningCa ca;
    private CaClient client;

    @BeforeEach
    void start() throws Exception {
        ca = new RunningCa(temp.resolve("ca"));
        client = ca.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        ca.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyAlgorithm.class,
            names = {"EC_P256", "EC_P384", "RSA_2048"})
    void aTokenGetsACertificateThatRenewsItselfAndGetsJwts(KeyAlgorithm algorithm)
            throws Exception {
        BootstrapProof token = new BootstrapProof.Token(ca.token(RunningCa.WEB));
        X509Svid first = client.fetchSvid(RunningCa.WEB, algorithm, token);
        X509Svid second =
                client.fetchSvid(RunningCa.WEB, algorithm, new BootstrapProof.Current(first));
        JsonNode claims =
                PlainJwt.verified(client.fetchJwt(second, "orders"), client.fetchJwks(), "sig");

        assertThat(SvidVerifier.verify(second.chain(), ca.bundle(), Instant.now()))
                .isEqualTo(RunningCa.WEB);
        assertThat(second.leaf().getSerialNumber()).isNotEqualTo(first.leaf().getSerialNumber());
        assertThat(claims.get("sub").asText()).isEqualTo(RunningCa.WEB.toString());
        assertThat(claims.get("aud").get(0).asText()).isEqualTo("orders");
    }

    /** A token that is spent, or another's that was left in the file, is not in the way. */
    @Test
    void whatHoldsOfBothProofsCountsAndTheCertificateFirst() throws Exception {
        String once =
                ca.directory
                        .tokens()
                        .create(RunningCa.WEB, Duration.ofHours(1), true, Instant.now());
        BootstrapProof.Token spent = new BootstrapProof.Token(once);
        X509Svid first = client.fetchSvid(RunningCa.WEB, KeyAlgorithm.EC_P256, spent);
        BootstrapProof both = new BootstrapProof.Renewal(first, spent);
        assertThat(client.fetchSvid(RunningCa.WEB, KeyAlgorithm.EC_P256, both).id())
                .isEqualTo(RunningCa.WEB);

        Instant longAgo = Instant.now().minus(Duration.ofDays(2));
        X509Svid ended = ca.svid(RunningCa.WEB, longAgo, Duration.ofHours(24));
        BootstrapProof.Token good = new BootstrapProof.Token(ca.token(RunningCa.WEB));
        BootstrapProof late = new BootstrapProof.Renewal(ended, good);
        assertThat(client.fetchSvid(RunningCa.WEB, KeyAlgorithm.EC_P256, late).id())
                .isEqualTo(RunningCa.WEB);
    }

    @Test
    void nothingIsSignedForWhatTheFileSaysUntilItSaysSoNoMore() throws Exception {
        BootstrapProof token = new BootstrapProof.Token(ca.token(RunningCa.WEB));
        X509Svid svid = client.fetchSvid(RunningCa.WEB, KeyAlgorithm.EC_P256, token);
        Path revoked = temp.resolve("ca").resolve("revoked");
        Files.writeString(
                revoked, "# stolen\n" + svid.leaf().getSerialNumber().toString(16) + "\n");

        assertThat(failure(new BootstrapProof.Current(svid)).reason()).isEqualTo("revoked");
        assertThatThrownBy(() -> client.fetchJwt(svid, "orders")).hasMessageContaining("revoked");
        // Whom it was stolen from has a token too, and gets another.
        X509Svid next =
                client.fetchSvid(
                        RunningCa.WEB,
                        KeyAlgorithm.EC_P256,
                        new BootstrapProof.Renewal(svid, (BootstrapProof.Token) token));
        Files.writeString(revoked, RunningCa.WEB + "\n");
        assertThat(failure(token).reason()).isEqualTo("revoked");
        Files.writeString(revoked, RunningCa.WEB + "\nspiffe://cluster.local/*\n");
        assertThat(
                        ca.plain(null)
                                .send(
                                        ca.request("/metrics").build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .body()
                                .lines())
                .contains("outrider_ca_revoked 1", "outrider_ca_revoked_unread 1");
        Files.delete(revoked);
        assertThat(failure(new BootstrapProof.Current(next)).reason()).isEqualTo("revoked");
        Files.writeString(revoked, "");
        assertThat(client.fetchJwt(next, "orders")).contains(".");
    }

    @Test
    void theBundleAndTheSkewAreToBeHad() throws Exception {
        assertThat(client.fetchBundle()).isEqualTo(ca.bundle());
        assertThat(client.skew().abs()).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void aClockThatIsWrongIsMeasured() throws Exception {
        try (CaClient behind =
                new CaClient(
                        ca.uri(),
                        ca.bundle(),
                        () -> Instant.now().minus(Duration.ofMinutes(3)),
                        ca.random,
                        RunningCa.PATIENT)) {
            behind.fetchBundle();

            assertThat(behind.skew()).isBetween(Duration.ofSeconds(150), Duration.ofSeconds(210));
        }
    }

    @Test
    void whatWasDoneAndHowItStandsCanBeScraped() throws Exception {
        BootstrapProof token = new BootstrapProof.Token(ca.token(RunningCa.WEB));
        X509Svid svid = client.fetchSvid(RunningCa.WEB, KeyAlgorithm.EC_P256, token);
        client.fetchJwt(svid, "orders");
        failure(new BootstrapProof.Token("otk.0123456789abcdef." + "A".repeat(43)));
        HttpResponse<String> scraped =
                ca.plain(null)
                        .send(ca.request("/metrics").build(), HttpResponse.BodyHandlers.ofString());

        assertThat(scraped.statusCode()).isEqualTo(200);
        assertThat(scraped.body().lines())
                .contains(
                        "outrider_ca_issued_total{kind=\"svid\"} 1",
                        "outrider_ca_issued_total{kind=\"jwt\"} 1",
                        "outrider_ca_refused_total{reason=\"unknown-token\"} 1",
                        "outrider_ca_root_replacement_phase 0",
                        "outrider_ca_can_sign 1",
                        "outrider_ca_intermediate_expires_timestamp_seconds "
                                + svid.chain().getLast().getNotAfter().getTime() / 1000);
    }

    @Test
    void anUnknownTokenIsTheCallersFault() {
        CaException refused =
                failure(new BootstrapProof.Token("otk.0123456789abcdef." + "A".repeat(43)));

        assertThat(refused.reason()).isEqualTo("unknown-token");
        assertThat(refused.side()).isEqualTo(Side.CALLER);
        assertThat(refused.retryable()).isFalse();
    }

    @Test
    void aWrongSecretAnEndedAndASpentTokenAreRefused() throws Exception {
        String good = ca.token(RunningCa.WEB);
        String other = ca.token(RunningCa.WEB);
        String mixed = good.substring(0, 21) + other.substring(21);
        String ended =
                ca.directory
                        .tokens()
                        .create(
                                RunningCa.WEB,
                                Duration.ofMinutes(1),
                                false,
                                Instant.now().minusSeconds(120));
        String once =
                ca.directory
                        .tokens()
                        .create(RunningCa.WEB, Duration.ofMinutes(5), true, Instant.now());
        client.fetchSvid(RunningCa.WEB, KeyAlgorithm.EC_P256, new BootstrapProof.Token(once));

        assertThat(failure(new BootstrapProof.Token(mixed)).reason()).isEqualTo("unknown-token");
        assertThat(failure(new BootstrapProof.Token(ended)).reason()).isEqualTo("expired-token");
        assertThat(failure(new BootstrapProof.Token(once)).reason()).isEqualTo("unknown-token");
    }

    @Test
    void anotherServicesTokenDoesNotGiveThisServicesCertificate() throws Exception {
        CaException refused = failure(new BootstrapProof.Token(ca.token(RunningCa.ORDERS)));

        assertThat(refused.reason()).isEqualTo("csr-not-the-caller");
        assertThat(refused)
                .hasMessageContaining(RunningCa.ORDERS.toString())
                .hasMessageContaining(RunningCa.WEB.toString());
    }

    @Test
    void anExpiredCertificateIsToldBothClocks() throws Exception {
        Instant before = Instant.now().minus(Duration.ofHours(3));
        X509Svid old = ca.svid(RunningCa.WEB, before, Duration.ofHours(1));
        CaException refused = failure(new BootstrapProof.Current(old));

        assertThat(refused.reason()).isEqualTo("certificate-expired");
        assertThat(refused).hasMessageContaining("our clock says");
    }

    @Test
    void aCertificateOfAnotherRootIsRefused() throws Exception {
        try (RunningCa foreign = new RunningCa(temp.resolve("foreign"))) {
            X509Svid theirs = foreign.svid(RunningCa.WEB, Instant.now(), Duration.ofHours(1));

            assertThat(failure(new BootstrapProof.Current(theirs)).reason())
                    .isEqualTo("certificate-untrusted");
            CaException jwt =
                    catchThrowableOfType(
                            CaException.class, () -> client.fetchJwt(theirs, "orders"));
            assertThat(jwt.reason()).isEqualTo("certificate-untrusted");
        }
    }

    @Test
    void aServerWithAnotherRootIsNotBelieved() throws Exception {
        try (RunningCa foreign = new RunningCa(temp.resolve("foreign"));
                CaClient deceived = RunningCa.patient(foreign.uri(), ca.bundle())) {
            CaException refused = catchThrowableOfType(CaException.class, deceived::fetchBundle);

            assertThat(refused.reason()).isEqualTo("untrusted-authority");
            assertThat(refused.retryable()).isFalse();
        }
    }

    @Test
    void anotherWorkloadOfTheMeshIsNotBelievedToBeTheAuthority() throws Exception {
        X509Svid web = ca.svid(RunningCa.WEB, Instant.now(), Duration.ofHours(1));
        try (SingleAnswerServer impostor = new SingleAnswerServer(web);
                CaClient deceived = RunningCa.patient(impostor.uri(), ca.bundle())) {
            CaException refused = catchThrowableOfType(CaException.class, deceived::fetchBundle);

            assertThat(refused.reason()).isEqualTo("untrusted-authority");
            assertThat(refused).hasMessageContaining("the server is " + RunningCa.WEB);
        }
    }

    @Test
    void aServerThatIsDownIsTheNetworksFault() throws Exception {
        URI uri = ca.uri();
        ca.close();
        try (CaClient lonely = RunningCa.patient(uri, ca.bundle())) {
            CaException refused = catchThrowableOfType(CaException.class, lonely::fetchJwks);

            assertThat(refused.side()).isEqualTo(Side.NETWORK);
            assertThat(refused.retryable()).isTrue();
            assertThat(refused.reason()).isEqualTo("connect-failed");
        }
    }

    @Test
    void aTakenPortIsSaidClearly() throws Exception {
        InetSocketAddress taken = ca.server.address();
        CaSettings defaults = RunningCa.settings();
        CaSettings settings =
                new CaSettings(
                        taken,
                        defaults.hosts(),
                        defaults.svidTtl(),
                        defaults.jwtTtl(),
                        defaults.schedule(),
                        defaults.perAddress(),
                        defaults.perIdentity());

        assertThatThrownBy(() -> new RunningCa(temp.resolve("second"), settings))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getPort())
                .hasMessageContaining("--listen");
    }

    @Test
    void twoServersNeverShareADirectory() {
        assertThatThrownBy(() -> new RunningCa(temp.resolve("ca")))
                .hasMessageContaining("another process serves this authority");
    }

    @Test
    void everyIssueAndRefusalLeavesALineWithoutSecrets() throws Exception {
        String token = ca.token(RunningCa.WEB);
        X509Svid svid =
                client.fetchSvid(
                        RunningCa.WEB, KeyAlgorithm.EC_P256, new BootstrapProof.Token(token));
        String jwt = client.fetchJwt(svid, "orders");
        failure(new BootstrapProof.Token("otk.0123456789abcdef." + "A".repeat(43)));
        String audit = Files.readString(temp.resolve("ca/audit.jsonl"));

        assertThat(audit.lines())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .contains("\"event\":\"svid-issued\"")
                                        .contains(svid.leaf().getSerialNumber().toString(16)),
                        line -> assertThat(line).contains("\"event\":\"jwt-issued\"", "orders"),
                        line -> assertThat(line).contains("refused", "unknown-token"));
        assertThat(audit)
                .doesNotContain(token.substring(21))
                .doesNotContain(jwt)
                .doesNotContain("PRIVATE");
    }

    private CaException failure(BootstrapProof proof) {
        return catchThrowableOfType(
                CaException.class,
                () -> client.fetchSvid(RunningCa.WEB, KeyAlgorithm.EC_P256, proof));
    }
}
