package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HeaderFilterTest {
    private static Map<String, Object> route(Object request, Object response) {
        return Map.of(
                "name",
                "users",
                "match",
                Map.of("path", Map.of("template", "/users/{id}/{rest...}")),
                "service",
                "people",
                "requestHeaders",
                request,
                "responseHeaders",
                response);
    }

    private static Headers set(Map<String, String> set, Map<String, Object> claims) {
        RouteRig rig = new RouteRig(route(Map.of("set", set), Map.of()));
        RequestHead head =
                Heads.head(
                        "GET",
                        "api.test",
                        "/users/4%c3%b62/a/b?q",
                        "X-Request-Id",
                        "r-1",
                        "X-In",
                        "from client",
                        "X_Out",
                        "forged");
        Exchange exchange = Heads.exchange(head);
        exchange.caller(new Caller("alice", "https://issuer.test", "t", claims));
        exchange.trace(new TraceContext(1, 0xab, 2, 0, true, null));
        rig.request(exchange);
        return head.headers();
    }

    @ParameterizedTest
    @CsvSource({
        "${request.id}, r-1",
        "${trace.id}, 000000000000000100000000000000ab",
        "${client.address}, 203.0.113.7",
        "${host}, api.test",
        "${method}, GET",
        "${path}, /users/4%C3%B62/a/b",
        "${path.id}, 4%C3%B62",
        "${path.rest}, a/b",
        "${route}, users",
        "${time}, 2026-11-28T03:04:05.678Z",
        "${caller.subject}, alice",
        "${caller.issuer}, https://issuer.test",
        "${header.X-In}, from client",
        "${claim.tier}, gold",
        "${claim.org.unit}, sales",
        "${claim.https://x.test/id}, 7",
        "'a=${claim.tier}; b=${route}', 'a=gold; b=users'",
        "plain $ {text}, plain $ {text}",
    })
    void variablesHaveValues(String text, String value) {
        Map<String, Object> claims =
                Map.of("tier", "gold", "org", Map.of("unit", "sales"), "https://x.test/id", 7);
        assertThat(set(Map.of("X-Out", text), claims).all("x-out")).containsExactly(value);
    }

    @Test
    void eachIdIsItsOwn() {
        Headers headers = set(Map.of("X-A", "${uuid}", "X-B", "${uuid}"), Map.of());
        String form = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
        assertThat(headers.get("x-a")).matches(form).isNotEqualTo(headers.get("x-b"));
        assertThat(headers.get("x-b")).matches(form);
    }

    /** Neither a further field, nor one of a list's members, nor a field of the sender's. */
    @Test
    void valuesCannotForge() {
        Map<String, Object> claims =
                Map.of(
                        "name",
                        "eve\r\nX-Roles: admin\u0000\n\tx\u007f",
                        "roles",
                        List.of("user,admin", "ops", Map.of("x", "admin"), "100%"),
                        "city",
                        "K\u00f6ln \u20ac");
        Headers headers =
                set(
                        Map.of(
                                "X-Name", "${claim.name}",
                                "X-Roles", "${claim.roles}",
                                "X-City", "${claim.city}",
                                "X-Out", "${claim.missing}"),
                        claims);
        assertThat(headers.get("x-name")).isEqualTo("eveX-Roles: admin\tx");
        assertThat(headers.all("x-roles")).containsExactly("user%2Cadmin,ops,100%25");
        String city = String.valueOf(headers.get("x-city"));
        assertThat(new String(city.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .isEqualTo("K\u00f6ln \u20ac");
        assertThat(headers.containsSpelling("x-out")).isFalse();
    }

    @Test
    void fieldsAreRenamedRemovedSetAndAdded() {
        RouteRig rig =
                new RouteRig(
                        route(
                                Map.of(
                                        "rename", Map.of("X-Old", "X-New"),
                                        "remove", List.of("x-secret"),
                                        "add", Map.of("x-tag", "2")),
                                Map.of(
                                        "remove", List.of("Server"),
                                        "set", Map.of("X-Service", "${service}"),
                                        "rename", Map.of("x-a", "x-b"))));
        RequestHead head =
                Heads.head(
                        "GET",
                        "h",
                        "/users/1",
                        "x-old",
                        "1",
                        "X-OLD",
                        "2",
                        "X_Secret",
                        "s",
                        "X-Tag",
                        "1");
        Exchange exchange = Heads.exchange(head);
        rig.request(exchange);
        assertThat(head.headers().all("x-new")).containsExactly("1", "2");
        assertThat(head.headers().contains("x-old")).isFalse();
        assertThat(head.headers().containsSpelling("x-secret")).isFalse();
        assertThat(head.headers().all("x-tag")).containsExactly("1", "2");
        Headers response =
                rig.response(
                                exchange,
                                Heads.response(200, "Server", "x/1", "X-Service", "y", "X-A", "z"))
                        .headers();
        assertThat(response.toString()).isEqualToIgnoringCase("x-b: z\nX-Service: people\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${nothing}",
                "${uuid",
                "${claim.}",
                "${header.a b}",
                "${path.other}",
                "${}",
                "a\nb",
                "a\u0000",
            })
    void whatCannotBeMeantIsRefusedAtLoad(String text) {
        assertThatThrownBy(() -> new RouteRig(route(Map.of("set", Map.of("x", text)), Map.of())))
                .hasMessageContaining("header 'x'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length",
                "transfer-encoding",
                "Host",
                "Connection",
                "outrider-timeout-ms",
                "X-Outrider-Mirrored",
                "Workload-Identity-Token",
                "a b",
                "",
            })
    void theProxysOwnFieldsAreNotForRoutes(String name) {
        assertThatThrownBy(() -> RouteRig.read(route(Map.of("set", Map.of(name, "x")), Map.of())))
                .hasMessageContaining("'" + name + "'");
        assertThatThrownBy(() -> RouteRig.read(route(Map.of(), Map.of("remove", List.of(name)))))
                .hasMessageContaining("'" + name + "'");
    }

    @Test
    void aClientsCertificateMayBeTakenOutAndNeverWritten() {
        String name = "X-Forwarded-Client-Cert";
        for (Map<String, Object> change :
                List.of(
                        Map.<String, Object>of("set", Map.of(name, "x")),
                        Map.<String, Object>of("add", Map.of(name, "x")),
                        Map.<String, Object>of("rename", Map.of("X-A", name)),
                        Map.<String, Object>of("rename", Map.of(name, "X-A")))) {
            assertThatThrownBy(() -> RouteRig.read(route(change, Map.of())))
                    .hasMessageContaining("'" + name + "'");
        }
        RouteRig rig = new RouteRig(route(Map.of("remove", List.of(name)), Map.of()));
        assertThat(
                        rig.sent(Heads.head("GET", "h", "/users/1/x", name, "Hash=1"))
                                .headers()
                                .contains("x-forwarded-client-cert"))
                .isFalse();
    }
}
