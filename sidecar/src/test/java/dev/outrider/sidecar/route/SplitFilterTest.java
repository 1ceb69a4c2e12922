package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.http.ResponseHead;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SplitFilterTest {
    private static RouteRig rig(int old, int canary, @Nullable Map<String, Object> sticky) {
        Map<String, Object> services = new LinkedHashMap<>();
        services.put("old", old);
        services.put("canary", canary);
        Map<String, Object> split = new LinkedHashMap<>();
        split.put("services", services);
        if (sticky != null) {
            split.put("sticky", sticky);
        }
        return new RouteRig(Map.of("name", "r", "split", split));
    }

    private static String service(RouteRig rig, String... fields) {
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/", fields));
        rig.request(exchange);
        return String.valueOf(exchange.service());
    }

    private static int canaries(RouteRig rig, int users, String field) {
        int canaries = 0;
        for (int i = 0; i < users; i++) {
            canaries += service(rig, field, "user-" + i).equals("canary") ? 1 : 0;
        }
        return canaries;
    }

    @Test
    void sharesAreByWeight() {
        assertThat(canaries(rig(90, 10, null), 10_000, "x-none")).isBetween(850, 1150);
        assertThat(canaries(rig(100, 0, null), 1_000, "x-none")).isZero();
        assertThat(canaries(rig(0, 1, null), 1_000, "x-none")).isEqualTo(1_000);
    }

    @Test
    void aUserStaysWhereHeIs() {
        Map<String, Object> byUser = Map.of("header", "X-User");
        RouteRig tenth = rig(90, 10, byUser);
        RouteRig fifth = rig(8, 2, byUser);
        assertThat(canaries(tenth, 10_000, "x-user")).isBetween(850, 1150);
        assertThat(canaries(fifth, 10_000, "x-user")).isBetween(1800, 2200);
        for (int i = 0; i < 1_000; i++) {
            String before = service(tenth, "x-user", "user-" + i);
            assertThat(service(tenth, "x-user", "user-" + i)).isEqualTo(before);
            if (before.equals("canary")) {
                // More weight takes users to the canary and none away from it.
                assertThat(service(fifth, "x-user", "user-" + i)).isEqualTo("canary");
            }
        }
    }

    @Test
    void anAppsOwnCookieDecides() {
        RouteRig rig = rig(50, 50, Map.of("cookie", "session"));
        for (int i = 0; i < 100; i++) {
            String cookie = "a=b; xsession=1; session=s" + i + "; c=d";
            assertThat(service(rig, "Cookie", cookie)).isEqualTo(service(rig, "Cookie", cookie));
        }
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/"));
        rig.request(exchange);
        assertThat(rig.response(exchange, Heads.response(200)).headers().size()).isZero();
    }

    @Test
    void aCookieThatIsSetHoldsAsLongAsTheServiceHasWeight() {
        Map<String, Object> sticky = Map.of("cookie", "version", "maxAge", "1h");
        RouteRig rig = rig(50, 50, sticky);
        for (int i = 0; i < 50; i++) {
            Exchange first = Heads.exchange(Heads.head("GET", "h", "/"), true);
            rig.request(first);
            String set = rig.response(first, Heads.response(200)).headers().get("set-cookie");
            assertThat(set)
                    .matches(
                            "version=[0-9a-f]+; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax;"
                                    + " Secure");
            String cookie = String.valueOf(set).substring(0, String.valueOf(set).indexOf(';'));
            Exchange second = Heads.exchange(Heads.head("GET", "h", "/", "Cookie", cookie), true);
            rig.request(second);
            assertThat(second.service()).isEqualTo(first.service());
            assertThat(rig.response(second, Heads.response(200)).headers().size()).isZero();
            // Other weights move nobody, but none at all does.
            assertThat(service(rig(1, 99, sticky), "Cookie", cookie)).isEqualTo(first.service());
            assertThat(service(rig(100, 0, sticky), "Cookie", cookie)).isEqualTo("old");
        }
    }

    @Test
    void whatTheServiceDoesNotGetDecidesAllTheSame() {
        RouteRig rig =
                new RouteRig(
                        Map.of(
                                "name",
                                "r",
                                "split",
                                Map.of(
                                        "services",
                                        Map.of("old", 50, "canary", 50),
                                        "sticky",
                                        Map.of("cookie", "version", "maxAge", "1h")),
                                "requestHeaders",
                                Map.of(
                                        "remove",
                                        List.of("Cookie"),
                                        "set",
                                        Map.of("X-Goes-To", "${service}"))));
        for (int i = 0; i < 20; i++) {
            Exchange first = Heads.exchange(Heads.head("GET", "h", "/"));
            rig.request(first);
            String set = rig.response(first, Heads.response(200)).headers().get("set-cookie");
            String cookie = String.valueOf(set).substring(0, String.valueOf(set).indexOf(';'));
            Exchange second = Heads.exchange(Heads.head("GET", "h", "/", "Cookie", cookie));
            rig.request(second);
            assertThat(second.service()).isEqualTo(first.service());
            assertThat(second.request().headers().get("x-goes-to")).isEqualTo(first.service());
            assertThat(second.request().headers().contains("cookie")).isFalse();
            assertThat(rig.response(second, Heads.response(200)).headers().size()).isZero();
        }
    }

    @Test
    void anAnswerOfFailureBindsNobody() {
        RouteRig rig = rig(1, 1, Map.of("cookie", "version", "maxAge", "1h"));
        Exchange exchange = Heads.exchange(Heads.head("GET", "h", "/", "Cookie", "version=odd"));
        rig.request(exchange);
        ResponseHead head = rig.response(exchange, Heads.response(503));
        assertThat(head.headers().size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a;b"})
    void refusesNamesThatAreNone(String name) {
        assertThatThrownBy(() -> rig(1, 1, Map.of("cookie", name))).hasMessageContaining("name");
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThatThrownBy(() -> rig(0, 0, null)).hasMessageContaining("weight");
        assertThatThrownBy(() -> rig(1, 1, Map.of())).hasMessageContaining("'header'");
        assertThatThrownBy(() -> rig(1, 1, Map.of("header", "x", "maxAge", "1h")))
                .hasMessageContaining("maxAge");
        assertThatThrownBy(() -> rig(1, 1, Map.of("header", "x", "cookie", "y")))
                .hasMessageContaining("one of");
    }
}
