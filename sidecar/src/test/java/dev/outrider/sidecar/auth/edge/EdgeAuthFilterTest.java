package dev.outrider.sidecar.auth.edge;

import static dev.outrider.sidecar.auth.Requests.plain;
import static dev.outrider.sidecar.auth.Requests.reason;
import static dev.outrider.sidecar.auth.Requests.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.auth.EdgeIssuers;
import dev.outrider.sidecar.auth.EdgeTokenAttacks;
import dev.outrider.sidecar.auth.Requests;
import dev.outrider.sidecar.auth.keys.ApiKeys;
import dev.outrider.sidecar.auth.keys.ApiKeysConfig;
import dev.outrider.sidecar.auth.keys.FileKeyStore;
import dev.outrider.sidecar.auth.keys.IssuedKey;
import dev.outrider.sidecar.auth.keys.KeyOperations;
import dev.outrider.sidecar.auth.keys.KeyRequest;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.FailureResponse;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EdgeAuthFilterTest {
    @TempDir private Path dir = Path.of("");
    private final Requests requests = new Requests();
    private final EdgeIssuers issuers = new EdgeIssuers();
    private ApiKeys keys = apiKeys(Path.of("none"));
    private String key = "";
    private EdgeAuth edge = edge();

    private static ApiKeys apiKeys(Path file) {
        return new ApiKeys(
                new FileKeyStore(file, InstantSource.system()),
                Duration.ofHours(1),
                InstantSource.system(),
                Ticker.system());
    }

    private EdgeAuth edge() {
        EdgeAuthConfig config =
                new EdgeAuthConfig(
                        EdgeIssuers.config(),
                        new ApiKeysConfig(
                                dir.resolve("k"), false, "X-Api-Key", Duration.ofHours(1)),
                        Map.of(
                                "CN=scanner",
                                new CertificateConfig(List.of("scan"), List.of(), "t1", "bronze"),
                                "spiffe://partner.example/robot",
                                new CertificateConfig(List.of("load"), List.of(), "", "")),
                        true,
                        ClaimHeadersConfig.DEFAULTS,
                        "shop",
                        List.of());
        return new EdgeAuth(config, issuers.tokens(null), keys);
    }

    @BeforeEach
    void open() throws Exception {
        issuers.started();
        Path file = dir.resolve("k");
        IssuedKey issued =
                new KeyOperations(
                                new FileKeyStore(file, InstantSource.system()),
                                InstantSource.system(),
                                new SecureRandom(),
                                () -> {})
                        .create(
                                new KeyRequest(
                                        "acme",
                                        "gold",
                                        List.of("read"),
                                        List.of("buyer"),
                                        "",
                                        null));
        key = issued.secret();
        keys = apiKeys(file);
        keys.start();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> keys.status().known());
        edge = edge();
    }

    @AfterEach
    void close() {
        keys.close();
        issuers.close();
        requests.close();
    }

    private EdgeAuthFilter filter(RouteAuthConfig route) {
        return new EdgeAuthFilter(route, edge);
    }

    private static RouteAuthConfig route(
            List<String> jwt, boolean apiKey, CertificateUse certificate, boolean anonymous) {
        return new RouteAuthConfig(
                jwt, apiKey, certificate, anonymous, false, NameRule.NONE, NameRule.NONE);
    }

    /** Everything but certificates. */
    private EdgeAuthFilter any() {
        return filter(route(List.of("staff", "partner"), true, CertificateUse.IGNORED, false));
    }

    private static Caller caller(Exchange exchange) {
        return Objects.requireNonNull(exchange.caller());
    }

    private static Peer certified(String subject, String... uris) {
        return new Peer(
                plain().address(),
                true,
                null,
                "ab".repeat(32),
                subject,
                List.of(uris),
                List.of("a.example"));
    }

    private static String answer(Exchange exchange, RequestFilter filter) {
        Failure failure = Objects.requireNonNull(run(filter, exchange));
        FailureResponse response = FailureResponse.of(exchange, failure);
        return response.head().status()
                + "\n"
                + response.head().headers()
                + new String(response.body(), StandardCharsets.UTF_8);
    }

    static Stream<EdgeTokenAttacks.Attack> attacks() {
        return EdgeTokenAttacks.all();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void aBadTokenIsRefusedAndNobodyLearnsWhy(EdgeTokenAttacks.Attack attack) {
        EdgeAuthFilter lenient =
                filter(route(List.of("staff", "partner"), true, CertificateUse.ACCEPTED, true));
        for (String[] field :
                List.of(
                        new String[] {"Authorization", "Bearer " + attack.token()},
                        new String[] {"Cookie", "session=" + attack.token()})) {
            if (attack.token().chars().anyMatch(c -> c > 255)) {
                continue; // no such octets exist in a head
            }
            Exchange exchange = requests.outside(certified("CN=scanner"), field);
            String answer = answer(exchange, lenient);
            assertThat(answer)
                    .startsWith("401\n")
                    .contains("WWW-Authenticate: Bearer realm=\"shop\", error=\"invalid_token\"")
                    .contains("\"reason\":\"unauthorized\"")
                    .doesNotContain(attack.why().reason())
                    .doesNotContain("staff")
                    .doesNotContain("detail\"");
            assertThat(exchange.caller()).isNull();
        }
    }

    @Test
    void everyCredentialSaysWhoCallsAndIsTakenOut() {
        Exchange token =
                requests.outside(
                        plain(), "authorization", "bearer " + EdgeIssuers.good("'jti':'7'"));
        assertThat(reason(any(), token)).isEmpty();
        assertThat(caller(token).subject()).isEqualTo("ann");
        assertThat(token.request().headers().size()).isEqualTo(1);

        Exchange cookie =
                requests.outside(
                        plain(), "Cookie", "lang=en; session=" + EdgeIssuers.goodPartner());
        assertThat(reason(any(), cookie)).isEmpty();
        assertThat(caller(cookie).subject()).isEqualTo("shop-7");
        assertThat(cookie.request().headers().get("cookie")).isEqualTo("lang=en");

        for (String[] field :
                List.of(
                        new String[] {"X-API-KEY", key},
                        new String[] {"Authorization", "ApiKey " + key})) {
            Exchange keyed = requests.outside(plain(), field);
            assertThat(reason(any(), keyed)).isEmpty();
            assertThat(caller(keyed).subject()).isEqualTo("acme");
            assertThat(caller(keyed).issuer()).isEqualTo("api-key");
            assertThat(keyed.request().headers().size()).isEqualTo(1);
        }
    }

    @Test
    void twoCredentialsAreRefusedWhicheverTheyAre() {
        EdgeAuthFilter filter = any();
        String bearer = "Bearer " + EdgeIssuers.good("");
        String session = "session=" + EdgeIssuers.goodPartner();
        for (String[] fields :
                List.of(
                        new String[] {"Authorization", bearer, "X-Api-Key", key},
                        new String[] {"Authorization", bearer, "Cookie", session},
                        new String[] {"Authorization", bearer, "Authorization", bearer},
                        new String[] {"Authorization", bearer, "Authorization", "Basic eDp5"},
                        new String[] {"Authorization", "ApiKey " + key, "X-Api-Key", key},
                        new String[] {"X-Api-Key", key, "X-Api-Key", key},
                        new String[] {"X-Api-Key", key, "x_api_key", "other"},
                        new String[] {"Cookie", session + "; " + session},
                        new String[] {"Cookie", session, "Cookie", session})) {
            Exchange exchange = requests.outside(plain(), fields);
            assertThat(reason(filter, exchange)).as(fields[0]).isEqualTo("two-credentials");
            assertThat(exchange.caller()).isNull();
        }
        assertThat(edge.counts().two()).isEqualTo(9);
    }

    @Test
    void aTokenIsGoodOnlyWhereItsIssuersAreReadAndOnlyWhereTheRouteAcceptsIt() {
        Exchange elsewhere =
                requests.outside(plain(), "Authorization", "Bearer " + EdgeIssuers.goodPartner());
        assertThat(reason(any(), elsewhere)).isEqualTo("token-issuer");
        EdgeAuthFilter staffOnly =
                filter(route(List.of("staff"), false, CertificateUse.IGNORED, false));
        Exchange partner =
                requests.outside(plain(), "Cookie", "session=" + EdgeIssuers.goodPartner());
        assertThat(reason(staffOnly, partner)).isEqualTo("credential-missing");
        Exchange keyed = requests.outside(plain(), "X-Api-Key", key);
        assertThat(reason(staffOnly, keyed)).isEqualTo("credential-missing");
    }

    @Test
    void withoutACredentialTheAnswerSaysWhichWouldDo() {
        Exchange exchange = requests.outside(plain());
        exchange.trace(new TraceContext(0xabcL, 0xdefL, 1, 0, false, null));
        exchange.request().headers().add("X-Request-Id", "r-1");
        assertThat(answer(exchange, any()))
                .startsWith("401\n")
                .contains("Content-Type: application/problem+json")
                .contains("WWW-Authenticate: Bearer realm=\"shop\"\n")
                .contains("WWW-Authenticate: ApiKey realm=\"shop\"\n")
                .contains("\"requestId\":\"r-1\"")
                .contains("\"traceId\":\"0000000000000abc0000000000000def\"")
                .doesNotContain("error=\"");
    }

    @Test
    void anonymousPassesWithoutACredentialAndNeverWithABadOne() {
        EdgeAuthFilter open = filter(route(List.of("staff"), true, CertificateUse.IGNORED, true));
        Exchange nobody = requests.outside(plain(), "Authorization", "Basic eDp5");
        assertThat(reason(open, nobody)).isEmpty();
        assertThat(nobody.caller()).isNull();
        assertThat(nobody.request().headers().contains("authorization")).isFalse();
        assertThat(reason(open, requests.outside(plain(), "X-Api-Key", key + "x")))
                .isEqualTo("key-malformed");
        assertThat(reason(open, requests.outside(plain(), "Authorization", "Bearer x")))
                .isEqualTo("token-malformed");
        assertThat(edge.counts().anonymous()).isEqualTo(1);
    }

    @Test
    void aBadKeyIsRefusedAlikeWhateverIsWrongWithIt() {
        String other = key.substring(0, key.length() - 1) + (key.endsWith("a") ? "b" : "a");
        for (String bad : List.of(other, "rubbish", "ork_" + "0".repeat(4000), "Bearer " + key)) {
            assertThat(answer(requests.outside(plain(), "X-Api-Key", bad), any()))
                    .startsWith("401\n")
                    .contains("WWW-Authenticate: ApiKey realm=\"shop\"")
                    .contains("\"reason\":\"unauthorized\"")
                    .doesNotContain("key-");
        }
    }

    @Test
    void aCertificateStandsBackBehindATokenAndMayBeRequired() {
        EdgeAuthFilter accepted =
                filter(route(List.of("staff"), false, CertificateUse.ACCEPTED, false));
        Exchange scanner = requests.outside(certified("CN=scanner"));
        assertThat(reason(accepted, scanner)).isEmpty();
        assertThat(caller(scanner).subject()).isEqualTo("CN=scanner");
        assertThat(caller(scanner).claims())
                .containsEntry("roles", List.of("scan"))
                .containsEntry("tier", "bronze");
        Exchange both =
                requests.outside(
                        certified("CN=scanner"), "Authorization", "Bearer " + EdgeIssuers.good(""));
        assertThat(reason(accepted, both)).isEmpty();
        assertThat(caller(both).subject()).isEqualTo("ann");

        EdgeAuthFilter required =
                filter(route(List.of("staff"), false, CertificateUse.REQUIRED, false));
        assertThat(reason(required, requests.outside(certified("CN=scanner"))))
                .isEqualTo("credential-missing");
        assertThat(
                        reason(
                                required,
                                requests.outside(
                                        plain(),
                                        "Authorization",
                                        "Bearer " + EdgeIssuers.good(""))))
                .isEqualTo("certificate-required");
        EdgeAuthFilter alone = filter(route(List.of(), false, CertificateUse.REQUIRED, false));
        assertThat(reason(alone, requests.outside(certified("CN=other")))).isEmpty();
        assertThat(answer(requests.outside(plain()), alone)).startsWith("403\n");
    }

    @Test
    void aCertificatesOneSpiffeIdIsItsName() {
        EdgeAuthFilter filter = filter(route(List.of(), false, CertificateUse.ACCEPTED, false));
        String id = "spiffe://partner.example/robot";
        Exchange robot = requests.outside(certified("CN=other", id));
        assertThat(reason(filter, robot)).isEmpty();
        assertThat(caller(robot).subject()).isEqualTo(id);
        assertThat(caller(robot).claims()).containsEntry("roles", List.of("load"));
        for (Peer none :
                List.of(
                        certified("CN=other", id, "https://a.example/"),
                        certified("CN=other", id, id),
                        certified("CN=other", "https://a.example/"),
                        certified("CN=other", "spiffe://partner.example/a b"),
                        certified("CN=other", "SPIFFE://partner.example/robot"))) {
            Exchange other = requests.outside(none);
            assertThat(reason(filter, other)).isEmpty();
            assertThat(caller(other).subject()).isEqualTo("CN=other");
            assertThat(caller(other).claims()).isEmpty();
        }
    }

    @Test
    void aRouteMayKeepTheCredentials() {
        EdgeAuthFilter keeping =
                filter(
                        new RouteAuthConfig(
                                List.of("staff"),
                                true,
                                CertificateUse.IGNORED,
                                false,
                                true,
                                NameRule.NONE,
                                NameRule.NONE));
        Exchange exchange = requests.outside(plain(), "X-Api-Key", key);
        assertThat(reason(keeping, exchange)).isEmpty();
        assertThat(exchange.request().headers().get("x-api-key")).isEqualTo(key);
    }

    @Test
    void keysThatAreNotKnownYetAreNotTheCallersFault() {
        keys.close();
        keys = apiKeys(dir.resolve("never"));
        edge = edge();
        assertThat(answer(requests.outside(plain(), "X-Api-Key", key), any()))
                .startsWith("503\n")
                .contains("api-keys-unavailable");
    }

    @Test
    void aRouteCannotAcceptWhatTheEdgeDoesNotKnow() {
        assertThatThrownBy(() ->
                        filter(route(List.of("nobody"), false, CertificateUse.IGNORED, false)))
                .hasMessageContaining("no issuer 'nobody'");
    }

    @Test
    void rolesAndScopesDecideAndTheServiceBehindLearnsWhoCalls() {
        RouteAuthConfig route =
                new RouteAuthConfig(
                        List.of("staff"),
                        true,
                        CertificateUse.IGNORED,
                        false,
                        false,
                        new NameRule(List.of("buyer", "editor"), List.of()),
                        new NameRule(List.of(), List.of("read")));
        Exchange exchange = requests.outside(plain(), "X-Api-Key", key, "X-Auth-Roles", "admin");
        for (RequestFilter each : edge.filters(route)) {
            assertThat(reason(each, exchange)).isEmpty();
        }
        Headers headers = exchange.request().headers();
        assertThat(headers.get("x-auth-user")).isEqualTo("acme");
        assertThat(headers.get("x-auth-issuer")).isEqualTo("api-key");
        assertThat(headers.all("x-auth-roles")).containsExactly("buyer");
        assertThat(headers.get("x-auth-scopes")).isEqualTo("read");
        assertThat(headers.contains("x-auth-tenant")).isFalse();
        assertThat(headers.contains("x-api-key")).isFalse();
    }
}
