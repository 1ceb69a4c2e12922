package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.Headers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CorsFilterTest {
    private static RouteRig rig(Map<String, Object> cors) {
        return new RouteRig(Map.of("name", "r", "service", "s", "cors", cors));
    }

    private static final Map<String, Object> APPS =
            Map.of(
                    "origins", List.of("https://app.test", "https://*.apps.test:8443"),
                    "methods", List.of("GET", "PUT"),
                    "headers", List.of("X-Api-Key"),
                    "expose", List.of("RateLimit"),
                    "credentials", true);

    private static Headers response(RouteRig rig, String origin, String... fields) {
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/", "Origin", origin));
        rig.request(exchange);
        return rig.response(exchange, Heads.response(200, fields)).headers();
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.test, true",
        "HTTPS://APP.TEST, true",
        "http://app.test, false",
        "https://app.test:444, false",
        "https://app.test.evil.test, false",
        "https://evil-app.test, false",
        "https://a.apps.test:8443, true",
        "https://a.b.apps.test:8443, true",
        "https://apps.test:8443, false",
        "https://a.apps.test, false",
        "https://evilapps.test:8443, false",
        "https://evil.test/.apps.test:8443, false",
        "https://evil.test#.apps.test:8443, false",
        "https://evil.test:1@x.apps.test:8443, false",
        "null, false",
    })
    void onlyTheseOriginsAreAllowed(String origin, boolean allowed) {
        Headers headers = response(rig(APPS), origin);
        assertThat(headers.get("access-control-allow-origin")).isEqualTo(allowed ? origin : null);
        assertThat(headers.get("access-control-allow-credentials"))
                .isEqualTo(allowed ? "true" : null);
        assertThat(headers.get("access-control-expose-headers"))
                .isEqualTo(allowed ? "RateLimit" : null);
        assertThat(headers.all("vary")).containsExactly("Origin");
        Exchange preflight =
                Heads.exchange(
                        Heads.head(
                                "OPTIONS",
                                "h",
                                "/",
                                "Origin",
                                origin,
                                "Access-Control-Request-Method",
                                "PUT"));
        if (!allowed) {
            assertThat(rig(APPS).refused(preflight)).isInstanceOf(Failure.Refused.class);
        } else {
            Headers answer = rig(APPS).answered(preflight).headers();
            assertThat(answer.all("access-control-allow-origin")).containsExactly(origin);
            assertThat(answer.get("access-control-allow-methods")).isEqualTo("GET, PUT");
            assertThat(answer.get("access-control-allow-headers")).isEqualTo("X-Api-Key");
            assertThat(answer.get("access-control-max-age")).isEqualTo("600");
            assertThat(answer.get("vary")).isEqualTo("Origin");
        }
    }

    @Test
    void whatTheServiceSaysIsReplaced() {
        Headers headers =
                response(
                        rig(APPS),
                        "https://evil.test",
                        "Access-Control-Allow-Origin",
                        "https://evil.test",
                        "Access-Control-Allow-Credentials",
                        "true",
                        "Vary",
                        "Accept, origin");
        assertThat(headers.toString()).isEqualTo("Vary: Accept, origin\n");
    }

    @Test
    void anyOriginIsTheStarWithoutCredentials() {
        Headers headers = response(rig(Map.of("origins", "*")), "https://any.test");
        assertThat(headers.toString()).isEqualTo("Access-Control-Allow-Origin: *\n");
    }

    @Test
    void aRequestOfNoPageIsToldNothing() {
        RouteRig rig = rig(APPS);
        Exchange exchange = Heads.exchange(Heads.head("OPTIONS", "h", "/"));
        rig.request(exchange);
        assertThat(rig.response(exchange, Heads.response(200)).headers().toString())
                .isEqualTo("Vary: Origin\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.test",
                "https://app.test/",
                "https://",
                "https://*",
                "https://a*.test",
                ""
            })
    void refusesWhatIsNoOrigin(String origin) {
        assertThatThrownBy(() -> rig(Map.of("origins", origin))).hasMessageContaining("origin");
    }

    @Test
    void refusesTheStarWithCredentials() {
        assertThatThrownBy(() -> rig(Map.of("origins", "*", "credentials", true)))
                .hasMessageContaining("credentials");
        assertThatThrownBy(() ->
                        rig(
                                Map.of(
                                        "origins",
                                        "https://a.test",
                                        "headers",
                                        "*",
                                        "credentials",
                                        true)))
                .hasMessageContaining("credentials");
    }
}
