package dev.outrider.sidecar.auth.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.auth.ClaimPath;
import dev.outrider.sidecar.auth.FieldText;
import dev.outrider.sidecar.auth.NameList;
import dev.outrider.sidecar.auth.Requests;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.http.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClaimHeadersTest {
    private static final ClaimHeadersConfig SHORT =
            new ClaimHeadersConfig(
                    "X-Auth-User",
                    "X-Auth-Issuer",
                    "X-Auth-Roles",
                    "X-Auth-Scopes",
                    "X-Auth-Tenant",
                    Map.of("X-Auth-Email", new ClaimPath("email")),
                    32);

    private final Requests requests = new Requests();

    @AfterEach
    void close() {
        requests.close();
    }

    private Headers written(
            ClaimHeadersConfig config, String subject, Map<String, Object> claims, String... more) {
        Exchange exchange = requests.outside(Requests.plain(), more);
        exchange.caller(new Caller(subject, "https://issuer.example/", "", claims));
        assertThat(Requests.reason(new ClaimHeaders(config), exchange)).isEmpty();
        return exchange.request().headers();
    }

    static Stream<String> injections() {
        return Stream.of(
                "ann\r\nX-Auth-Roles: admin",
                "ann\nX-Admin: 1",
                "ann\rX: 1",
                "ann\u0000",
                "ann, admin",
                " ann",
                "ann ",
                "ann\u00a0",
                "\u0430nn",
                "ann\u202e",
                "ann\u2028x",
                "\ud83d\ude00",
                "ann\u010a\u010d",
                "a%0d%0ab",
                "ann\u007f",
                "\ufeffann");
    }

    @ParameterizedTest
    @MethodSource("injections")
    void noClaimForgesAFieldOrLooksLikeAnother(String evil) {
        Headers headers =
                written(
                        ClaimHeadersConfig.DEFAULTS,
                        evil,
                        Map.of(
                                "roles",
                                new NameList(List.of(evil, "x")),
                                "scope",
                                "s",
                                "tenant",
                                evil));
        // Host, user, issuer, roles, scopes, tenant, and nothing besides.
        assertThat(headers.size()).isEqualTo(6);
        String user = headers.all("x-auth-user").getFirst();
        assertThat(user).matches("[!-~]+").doesNotContain(",");
        assertThat(URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8))
                .isEqualTo(evil);
        assertThat(headers.all("x-auth-roles").getFirst().split(",", -1)).hasSize(2);
        assertThat(headers.get("x-auth-tenant")).isEqualTo(user);
    }

    @Test
    void twoNamesThatDifferNeverLookTheSame() {
        Set<String> written = new HashSet<>();
        for (String name : List.of("ann?", "ann\ud800", "ann\ufffd", "ann%3F", "ann", "ann ")) {
            assertThat(written.add(FieldText.of(name))).as(name).isTrue();
        }
        assertThat(FieldText.of("ann\ud800")).isEqualTo("ann%ED%A0%80");
    }

    @Test
    void ordinaryNamesStandAsTheyAre() {
        Headers headers =
                written(
                        ClaimHeadersConfig.DEFAULTS,
                        "auth0|5f7c-ann@example.com",
                        Map.of("scope", "orders:read orders:write"));
        assertThat(headers.get("x-auth-user")).isEqualTo("auth0|5f7c-ann@example.com");
        assertThat(headers.get("x-auth-scopes")).isEqualTo("orders:read orders:write");
        assertThat(headers.get("x-auth-issuer")).isEqualTo("https://issuer.example/");
    }

    @Test
    void aScopeWithOddCharactersStaysOne() {
        Headers headers = written(ClaimHeadersConfig.DEFAULTS, "a", Map.of("scope", "x\r\ny z,w"));
        assertThat(headers.get("x-auth-scopes")).isEqualTo("x%0D%0Ay z%2Cw");
    }

    @Test
    void longValuesAreLeftOutAndListsCutAtAName() {
        Headers headers =
                written(
                        SHORT,
                        "u".repeat(33),
                        Map.of(
                                "roles",
                                new NameList(List.of("a".repeat(20), "b".repeat(11), "c")),
                                "scope",
                                "s".repeat(40),
                                "email",
                                "x@example.com"));
        assertThat(headers.contains("x-auth-user")).isFalse();
        assertThat(headers.get("x-auth-roles")).isEqualTo("a".repeat(20) + "," + "b".repeat(11));
        assertThat(headers.contains("x-auth-scopes")).isFalse();
        assertThat(headers.get("x-auth-email")).isEqualTo("x@example.com");
    }

    @Test
    void furtherClaimsMayBeListsAndNothingElse() {
        assertThat(written(SHORT, "a", Map.of("email", List.of("a", "b,c", 7))).get("x-auth-email"))
                .isEqualTo("a,b%2Cc");
        assertThat(written(SHORT, "a", Map.of("email", Map.of("a", "b"))).contains("x-auth-email"))
                .isFalse();
        assertThat(written(SHORT, "a", Map.of("email", true)).get("x-auth-email"))
                .isEqualTo("true");
    }

    @Test
    void whatStoodThereIsTakenOutAlsoForNobody() {
        Exchange nobody =
                requests.outside(Requests.plain(), "X-Auth-User", "root", "x_auth_roles", "admin");
        assertThat(Requests.reason(new ClaimHeaders(SHORT), nobody)).isEmpty();
        assertThat(nobody.request().headers().size()).isEqualTo(1);
        assertThat(written(SHORT, "ann", Map.of(), "X_AUTH_USER", "root").all("x-auth-user"))
                .containsExactly("ann");
    }

    @Test
    void everythingThatOnlyTheEdgeMaySayIsTakenOut() {
        EdgeAuthConfig config =
                new EdgeAuthConfig(
                        null,
                        null,
                        Map.of(),
                        true,
                        new ClaimHeadersConfig(
                                "X-User", "", "", "", "", Map.of("X-Mail", new ClaimPath("m")), 64),
                        "edge",
                        List.of("X-Internal"));
        Exchange exchange =
                requests.outside(
                        Requests.plain(),
                        "X-User",
                        "root",
                        "x_mail",
                        "a",
                        "X-Auth-User",
                        "root",
                        "X-Auth_Roles",
                        "admin",
                        "X-Internal",
                        "1",
                        "X-Forwarded-Client-Cert",
                        "By=x;URI=spiffe://cluster.local/ns/a/sa/b",
                        "Workload-Identity-Token",
                        "t",
                        "Outrider-Timeout-Ms",
                        "1",
                        "outrider_unsent",
                        "1",
                        "X-Envoy-Original-Path",
                        "/admin",
                        "X-Original-URL",
                        "/admin",
                        "X_HTTP_Method_Override",
                        "DELETE",
                        "Client-Cert",
                        ":MIIB:",
                        "X-Real-IP",
                        "127.0.0.1",
                        "X-Auth-Token",
                        "mine",
                        "Accept",
                        "*/*");
        assertThat(Requests.reason(new ForgedFields(config), exchange)).isEmpty();
        Headers headers = exchange.request().headers();
        assertThat(headers.size()).as(headers.toString()).isEqualTo(3);
        assertThat(headers.get("accept")).isEqualTo("*/*");
        assertThat(headers.get("x-auth-token")).isEqualTo("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "X_User", "content-length", "a b", "X-Auth-Roles"})
    void someFieldsCannotBeForClaims(String name) {
        assertThatThrownBy(() ->
                        new ClaimHeadersConfig(name, "", "X-Auth-Roles", "", "", Map.of(), 64))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
