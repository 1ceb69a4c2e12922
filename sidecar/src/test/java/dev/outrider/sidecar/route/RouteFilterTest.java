package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.FailureResponse;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RouteFilterTest {
    private static final Map<String, Object> ADMIN =
            Map.of(
                    "name", "admin",
                    "match", Map.of("path", Map.of("prefix", "/admin")),
                    "service", "admin");
    private static final Map<String, Object> OPEN = Map.of("name", "open", "service", "web");

    private final RouteRig rig = new RouteRig(ADMIN, OPEN);

    @ParameterizedTest
    @CsvSource({
        "/admin, admin, /admin",
        "/admin/, admin, /admin/",
        "/%61dmin/x?q=%61, admin, /admin/x?q=%61",
        "//admin//x, admin, /admin/x",
        "/%2561dmin, , ",
        "/ADMIN, open, /ADMIN",
        "/x?/../admin, open, /x?/../admin",
    })
    void theAppSeesThePathThatWasMatched(String target, String route, String sent) {
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", target));
        Verdict verdict = rig.request(exchange);
        assertThat(verdict instanceof Verdict.Continue).isEqualTo(route != null);
        assertThat(exchange.route()).isEqualTo(route);
        if (route != null) {
            assertThat(exchange.request().target()).isEqualTo(sent);
            assertThat(exchange.service()).isEqualTo(route.equals("open") ? "web" : "admin");
            assertThat(exchange.deadline()).isNotNull();
        }
    }

    /** Each of these is '/admin' for some server and something else for another. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/x/../admin",
                "/./admin",
                "/%2e/admin",
                "/x/%2e%2e/admin",
                "/x/.%2E/admin",
                "/x/..;/admin",
                "/;/admin",
                "/admin;x",
                "/x%2f..%2fadmin",
                "/%2fadmin",
                "/\\admin",
                "/%5cadmin",
                "/x\\..\\admin",
                "/admin%00",
                "/admin%0a",
                "/%252fadmin",
                "/%c0%afadmin",
                "/%c0%ae%c0%ae/admin",
                "/%e0%80%afadmin",
                "/admin%",
                "/admin%4",
                "/admin#x",
                "admin",
                "",
            })
    void oddPathsReachNoRoute(String target) {
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", target));
        assertThat(rig.refused(exchange))
                .isInstanceOfSatisfying(
                        Failure.BadRequest.class, it -> assertThat(it.status()).isEqualTo(400));
        assertThat(exchange.route()).isNull();
    }

    @Test
    void whatIsResolvedIsMatchedResolved() {
        PathConfig resolving =
                new PathConfig(
                        PathConfig.Slashes.MERGE,
                        PathConfig.Dots.RESOLVE,
                        PathConfig.DEFAULTS.encodedSlashes(),
                        PathConfig.DEFAULTS.parameters(),
                        PathConfig.DEFAULTS.twiceEncoded());
        RouteRig lenient = new RouteRig(resolving, ADMIN, OPEN);
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/x/%2e%2e//admin/y?z"));
        assertThat(lenient.request(exchange)).isEqualTo(Verdict.CONTINUE);
        assertThat(exchange.route()).isEqualTo("admin");
        assertThat(exchange.request().target()).isEqualTo("/admin/y?z");
    }

    @Test
    void nobodysPathIsNotFound() {
        RouteRig only = new RouteRig(ADMIN);
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/x", "accept", "text/plain"));
        Failure failure = only.refused(exchange);
        FailureResponse response = FailureResponse.of(exchange, failure);
        assertThat(response.head().status()).isEqualTo(404);
        assertThat(response.head().headers().contains("allow")).isFalse();
    }

    @Test
    void anotherMethodIsToldWhichOnesThereAre() {
        RouteRig read =
                new RouteRig(
                        Map.of("name", "r", "match", Map.of("methods", "GET"), "service", "s"));
        Exchange exchange = Heads.exchange(Heads.head("POST", "h", "/x", "accept", "text/plain"));
        Failure failure = read.refused(exchange);
        FailureResponse response = FailureResponse.of(exchange, failure);
        assertThat(response.head().status()).isEqualTo(405);
        assertThat(response.head().headers().get("allow")).isEqualTo("GET, HEAD");
        assertThat(new String(response.body(), StandardCharsets.UTF_8))
                .isEqualTo("405 method-not-allowed\n");
    }

    @Test
    void aPreflightGoesToTheRouteOfItsRequest() {
        Map<String, Object> put =
                Map.of(
                        "name",
                        "put",
                        "match",
                        Map.of(
                                "methods",
                                "PUT",
                                "headers",
                                Map.of("x-version", Map.of("exact", "2"))),
                        "cors",
                        Map.of("origins", "https://app.test", "methods", List.of("PUT")),
                        "service",
                        "s");
        RouteRig rig = new RouteRig(put, OPEN);
        String[] fields = {
            "Origin",
            "https://app.test",
            "Access-Control-Request-Method",
            "PUT",
            "Access-Control-Request-Headers",
            "x-a, X-Version"
        };
        Exchange preflight = Heads.exchange(Heads.head("OPTIONS", "h", "/", fields));
        ResponseHead head = rig.answered(preflight);
        assertThat(head.status()).isEqualTo(204);
        assertThat(preflight.route()).isEqualTo("put");
        fields[3] = "GET";
        Exchange other = Heads.exchange(Heads.head("OPTIONS", "h", "/", fields));
        assertThat(rig.request(other)).isEqualTo(Verdict.CONTINUE);
        assertThat(other.route()).isEqualTo("open");
    }
}
