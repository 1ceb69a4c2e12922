package dev.outrider.sidecar.auth.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.auth.NameList;
import dev.outrider.sidecar.auth.Requests;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.FailureResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RbacFilterTest {
    private final Requests requests = new Requests();

    @AfterEach
    void close() {
        requests.close();
    }

    private static RouteAuthConfig route(NameRule roles, NameRule scopes) {
        return new RouteAuthConfig(
                List.of(), true, CertificateUse.IGNORED, false, false, roles, scopes);
    }

    private static List<String> names(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }

    private Exchange of(String issuer, String roles, String scopes) {
        Exchange exchange = requests.outside(Requests.plain());
        exchange.caller(
                new Caller(
                        "ann",
                        issuer,
                        "",
                        Map.of("roles", new NameList(names(roles)), "scope", scopes)));
        return exchange;
    }

    private static RbacFilter filter(NameRule roles, NameRule scopes) {
        return new RbacFilter(
                route(roles, scopes), new EdgeAuth(EdgeAuthConfig.DEFAULTS, null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "'a b', '', 'a', yes",
        "'a b', '', 'c', no",
        "'', 'a b', 'a b c', yes",
        "'', 'a b', 'a', no",
        "'a', 'b', 'b', no",
        "'a', 'b', 'a b', yes",
        "'a', '', 'ab ba xa', no",
        "'a', '', 'A', no",
        "'', '', '', yes",
    })
    void anyAndAllDecideForRolesAndScopes(String any, String all, String held, String passes) {
        NameRule rule = new NameRule(names(any), names(all));
        boolean expected = passes.equals("yes");
        assertThat(Requests.reason(filter(rule, NameRule.NONE), of("i", held, "")).isEmpty())
                .isEqualTo(expected);
        assertThat(Requests.reason(filter(NameRule.NONE, rule), of("i", "", held)).isEmpty())
                .isEqualTo(expected);
    }

    @Test
    void whoLacksSomethingGets403AndIsNotToldWhat() {
        EdgeAuth edge = new EdgeAuth(EdgeAuthConfig.DEFAULTS, null, null);
        NameRule rule = new NameRule(List.of("orders:write"), List.of());
        RbacFilter filter = new RbacFilter(route(NameRule.NONE, rule), edge);
        Exchange exchange = of("https://i/", "", "orders:read");
        Failure failure = Objects.requireNonNull(Requests.run(filter, exchange));
        assertThat(failure.detail()).contains("orders:write");
        FailureResponse response = FailureResponse.of(exchange, failure);
        assertThat(response.head().status()).isEqualTo(403);
        assertThat(new String(response.body(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("access-denied")
                .doesNotContain("orders:write");
        assertThat(edge.counts().denied()).isEqualTo(1);
    }

    @Test
    void whoeverIsNobodyIsAskedForACredential() {
        Exchange exchange = requests.outside(Requests.plain());
        Failure failure =
                Objects.requireNonNull(
                        Requests.run(
                                filter(new NameRule(List.of("a"), List.of()), NameRule.NONE),
                                exchange));
        assertThat(failure)
                .isInstanceOfSatisfying(
                        Failure.Refused.class,
                        refused -> {
                            assertThat(refused.status()).isEqualTo(401);
                            assertThat(refused.challenges())
                                    .containsExactly("ApiKey realm=\"edge\"");
                        });
    }

    @Test
    void rolesAreNotAskedOfAnonymousCallers() {
        assertThatThrownBy(() ->
                        new RouteAuthConfig(
                                List.of(),
                                true,
                                CertificateUse.IGNORED,
                                true,
                                false,
                                new NameRule(List.of("a"), List.of()),
                                NameRule.NONE))
                .hasMessageContaining("anonymous");
        assertThatThrownBy(() ->
                        new RouteAuthConfig(
                                List.of(),
                                false,
                                CertificateUse.IGNORED,
                                false,
                                false,
                                NameRule.NONE,
                                NameRule.NONE))
                .hasMessageContaining("say who may call");
    }
}
