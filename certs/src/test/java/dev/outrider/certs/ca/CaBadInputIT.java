package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.OddRequests;
import dev.outrider.certs.SigningRequest;
import dev.outrider.certs.X509Svid;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What strangers send, over the wire with a plain client: each gets a status and a reason. */
class CaBadInputIT {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir Path temp;
    private RunningCa ca;
    private HttpClient plain;
    private HttpClient known;
    private KeyPair pair;

    @BeforeEach
    void start() throws Exception {
        ca = new RunningCa(temp.resolve("ca"));
        X509Svid web = ca.svid(RunningCa.WEB, Instant.now(), Duration.ofHours(1));
        plain = ca.plain(null);
        known = ca.plain(web);
        pair = KeyAlgorithm.EC_P256.generate(ca.random);
    }

    @AfterEach
    void stop() throws Exception {
        plain.shutdownNow();
        known.shutdownNow();
        ca.close();
    }

    @Test
    void noProofAndBadProofAre401() throws Exception {
        HttpRequest.Builder svid = ca.request("/v1/svid").POST(BodyPublishers.ofString("x"));
        assertProblem(plain, svid, 401, "no-proof");
        assertProblem(
                plain, svid.copy().header("Authorization", "Basic eDp5"), 401, "bad-authorization");
        assertProblem(plain, svid.copy().header("Authorization", "Bearer x"), 401, "unknown-token");
        assertProblem(
                plain,
                ca.request("/v1/jwt")
                        .header("Authorization", "Bearer " + ca.token(RunningCa.WEB))
                        .POST(BodyPublishers.ofString("{\"audience\":\"a\"}")),
                401,
                "no-proof");
    }

    @Test
    void aRequestForTwoUrisOrAnotherIdOrNothingReadableIsRefused() throws Exception {
        String web = RunningCa.WEB.toString();
        String orders = RunningCa.ORDERS.toString();
        assertCsr(OddRequests.withUris(pair, web, orders), 400, "csr-more-than-one-uri");
        assertCsr(OddRequests.withUris(pair, orders), 403, "csr-not-the-caller");
        assertCsr(OddRequests.withUris(pair, "https://x/"), 400, "csr-malformed-spiffe-id");
        assertCsr("garbage", 400, "csr-malformed");
        assertCsr("", 400, "csr-malformed");
        KeyPair other = KeyAlgorithm.EC_P256.generate(ca.random);
        KeyPair mixed = new KeyPair(pair.getPublic(), other.getPrivate());
        assertCsr(SigningRequest.create(mixed, RunningCa.WEB), 400, "csr-bad-signature");
    }

    @Test
    void aRefusedRequestDoesNotSpendTheToken() throws Exception {
        String once =
                ca.directory
                        .tokens()
                        .create(RunningCa.WEB, Duration.ofMinutes(5), true, Instant.now());
        HttpRequest.Builder request =
                ca.request("/v1/svid").header("Authorization", "Bearer " + once);
        assertProblem(
                plain,
                request.copy().POST(BodyPublishers.ofString("garbage")),
                400,
                "csr-malformed");

        HttpResponse<String> granted =
                plain.send(
                        request.POST(
                                        BodyPublishers.ofString(
                                                SigningRequest.create(pair, RunningCa.WEB)))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(granted.statusCode()).isEqualTo(200);
        assertThat(granted.headers().firstValue("Content-Type"))
                .contains("application/pem-certificate-chain");
    }

    @Test
    void anOversizedBodyIs413() throws Exception {
        HttpRequest.Builder request = ca.request("/v1/svid");
        assertProblem(
                known,
                request.POST(BodyPublishers.ofString("x".repeat(200_000))),
                413,
                "body-too-large");
        assertProblem(
                known,
                ca.request("/v1/jwt").POST(BodyPublishers.ofString("x".repeat(16_385))),
                413,
                "body-too-large");
    }

    @Test
    void aBadAudienceIs400() throws Exception {
        for (String body :
                new String[] {
                    "{}",
                    "[]",
                    "{\"audience\":[]}",
                    "{\"audience\":\"\"}",
                    "{\"audience\":[1]}",
                    "{\"audience\":{\"a\":\"b\"}}",
                    "{\"audience\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}"
                }) {
            JsonNode problem =
                    problem(known, ca.request("/v1/jwt").POST(BodyPublishers.ofString(body)), 400);
            assertThat(problem.get("reason").asText()).as(body).isEqualTo("bad-audience");
        }
        assertProblem(
                known,
                ca.request("/v1/jwt").POST(BodyPublishers.ofString("{\"audience\":")),
                400,
                "bad-json");
    }

    @Test
    void wrongMethodsAndPathsAreNamed() throws Exception {
        assertProblem(plain, ca.request("/v1/svid").GET(), 405, "wrong-method");
        assertProblem(plain, ca.request("/v1/jwks").DELETE(), 405, "wrong-method");
        assertProblem(plain, ca.request("/v1/../secret").GET(), 404, "no-such-path");
        assertProblem(plain, ca.request("/").GET(), 404, "no-such-path");
    }

    @Test
    void theNextRequestOverTheRateIs429WithTheTimeToWait() throws Exception {
        ca.close();
        CaSettings slow = RunningCa.settings();
        CaSettings.Rate three = new CaSettings.Rate(0.01, 3);
        ca =
                new RunningCa(
                        temp.resolve("ca"),
                        new CaSettings(
                                slow.listen(),
                                slow.hosts(),
                                slow.svidTtl(),
                                slow.jwtTtl(),
                                slow.schedule(),
                                three,
                                three));
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> served =
                    plain.send(ca.request("/v1/jwks").build(), BodyHandlers.ofString());
            assertThat(served.statusCode()).isEqualTo(200);
        }
        HttpResponse<String> refused =
                plain.send(ca.request("/v1/jwks").build(), BodyHandlers.ofString());

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 100L);
        assertThat(refused.body()).contains("rate-limited");
        HttpResponse<String> health =
                plain.send(ca.request("/healthz").build(), BodyHandlers.ofString());
        assertThat(health.body()).isEqualTo("ok\n");
    }

    @Test
    void anythingBelowTls13IsRefused() throws Exception {
        try (SSLSocket socket =
                (SSLSocket)
                        plain.sslContext()
                                .getSocketFactory()
                                .createSocket("127.0.0.1", ca.server.address().getPort())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setSoTimeout(20_000);
            assertThat(catchThrowable(socket::startHandshake)).isInstanceOf(SSLException.class);
        }
    }

    private void assertCsr(String csr, int status, String reason) throws Exception {
        assertProblem(
                known, ca.request("/v1/svid").POST(BodyPublishers.ofString(csr)), status, reason);
    }

    private static void assertProblem(
            HttpClient client, HttpRequest.Builder request, int status, String reason)
            throws Exception {
        assertThat(problem(client, request, status).get("reason").asText()).isEqualTo(reason);
    }

    private static JsonNode problem(HttpClient client, HttpRequest.Builder request, int status)
            throws Exception {
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(response.headers().firstValue("Date")).isPresent();
        return JSON.readTree(response.body());
    }
}
