package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.Requests.ORDERS;
import static dev.outrider.sidecar.auth.Requests.WEB;
import static dev.outrider.sidecar.auth.Requests.peer;
import static dev.outrider.sidecar.auth.Requests.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.auth.AccessRule.Effect;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AccessFilterTest {
    private final Requests requests = new Requests();
    private final List<String> audited = new ArrayList<>();

    @AfterEach
    void stop() {
        requests.close();
    }

    private AccessFilter filter(AccessRule... rules) {
        AccessRules compiled =
                new AccessRules(new AccessConfig(List.of(rules)), MtlsMode.STRICT, "cluster.local");
        return new AccessFilter(
                compiled, (rule, exchange) -> audited.add(rule + " " + exchange.request().path()));
    }

    private static AccessRule onPath(String name, Effect effect, String path) {
        return new AccessRule(
                name, effect, List.of(), List.of(), List.of(), List.of(path), Map.of());
    }

    private Exchange get(String target) {
        return requests.exchange(peer(WEB), "GET", target);
    }

    @Test
    void saysWhoWasDeniedWhatAndByWhichRule() {
        AccessFilter filter = filter(onPath("no admin", Effect.DENY, "/admin/*"));
        Failure failure = Requests.run(filter, get("/%61dmin/users?id=1"));
        assertThat(failure)
                .isEqualTo(
                        new Failure.Refused(
                                403,
                                "access-denied",
                                "rule 'no admin' denies " + WEB + " GET /admin/users"));
        assertThat(reason(filter, get("/orders"))).isEmpty();
        assertThat(filter.counts()).isEqualTo(new AccessFilter.Counts(1, 1, 0, Map.of()));
    }

    @Test
    void refusesAmbiguousPathsOnlyWhenRulesLookAtPaths() {
        AccessFilter onPaths = filter(onPath("", Effect.DENY, "/admin"));
        Failure failure = Requests.run(onPaths, get("/x/..%2fadmin"));
        assertThat(failure)
                .isInstanceOfSatisfying(
                        Failure.BadRequest.class, bad -> assertThat(bad.status()).isEqualTo(400));
        assertThat(reason(onPaths, get("/x/..%2fadmin"))).isEqualTo("ambiguous-path");
        assertThat(reason(filter(), get("/x/..%2fadmin"))).isEmpty();
    }

    @Test
    void judgesThePathWithoutTheQuery() {
        AccessFilter filter = filter(onPath("", Effect.ALLOW, "/orders"));
        assertThat(reason(filter, get("/orders?next=//evil/../%2e"))).isEmpty();
        assertThat(reason(filter, get("/other?/orders"))).isEqualTo("access-denied");
    }

    @Test
    void judgesTheClaimsOfTheToken() {
        AccessFilter filter =
                filter(
                        new AccessRule(
                                "",
                                Effect.ALLOW,
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                Map.of("role", List.of("admin"))));
        assertThat(reason(filter, get("/"))).isEqualTo("access-denied");
        Exchange admin = get("/");
        admin.caller(new Caller("s", "", "", Map.of("role", "admin")));
        assertThat(reason(filter, admin)).isEmpty();
    }

    @Test
    void auditRulesOnlyCountAndTell() {
        AccessFilter filter =
                filter(
                        onPath("reads", Effect.AUDIT, "/orders/*"),
                        onPath("", Effect.DENY, "/orders/secret"));
        assertThat(reason(filter, get("/orders/1"))).isEmpty();
        assertThat(reason(filter, get("/orders/secret"))).isEqualTo("access-denied");
        assertThat(reason(filter, requests.exchange(peer(ORDERS), "GET", "/else"))).isEmpty();
        assertThat(audited).containsExactly("reads /orders/1", "reads /orders/secret");
        assertThat(filter.counts().audited()).isEqualTo(Map.of("reads", 2L));
    }
}
