package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.Requests.ORDERS;
import static dev.outrider.sidecar.auth.Requests.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.auth.AccessRule.Effect;
import dev.outrider.sidecar.auth.AccessRules.Decision;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AccessRulesTest {
    private static final List<String> ANY = List.of();

    private static AccessRules rules(MtlsMode mode, AccessRule... rules) {
        return new AccessRules(new AccessConfig(List.of(rules)), mode, "cluster.local");
    }

    private static AccessRule rule(
            Effect effect, List<String> from, List<String> methods, List<String> paths) {
        return new AccessRule("", effect, from, List.of(), methods, paths, Map.of());
    }

    private static boolean allows(
            AccessRules rules, @Nullable SpiffeId id, String method, String path) {
        return rules.decide(id, method, path, Map.of()).allowed();
    }

    @Test
    void withoutRulesEveryIdentityOfTheTrustDomainMayCall() {
        AccessRules none = rules(MtlsMode.STRICT);
        assertThat(allows(none, WEB, "GET", "/")).isTrue();
        assertThat(allows(none, SpiffeId.of("other.mesh", "shop", "web"), "GET", "/")).isFalse();
        assertThat(allows(none, null, "GET", "/")).isFalse();
        assertThat(allows(rules(MtlsMode.PERMISSIVE), null, "GET", "/")).isTrue();
    }

    @Test
    void anAllowRuleRefusesEverythingElse() {
        AccessRules rules =
                rules(
                        MtlsMode.PERMISSIVE,
                        rule(Effect.ALLOW, List.of(WEB.toString()), List.of("GET"), ANY));
        assertThat(allows(rules, WEB, "GET", "/")).isTrue();
        assertThat(allows(rules, WEB, "POST", "/")).isFalse();
        assertThat(allows(rules, ORDERS, "GET", "/")).isFalse();
        assertThat(allows(rules, null, "GET", "/")).isFalse();
    }

    @Test
    void aDenyRuleWinsWhereverItStands() {
        AccessRules rules =
                rules(
                        MtlsMode.STRICT,
                        rule(Effect.ALLOW, ANY, ANY, ANY),
                        rule(Effect.DENY, ANY, ANY, List.of("/admin/*")));
        assertThat(allows(rules, WEB, "GET", "/orders")).isTrue();
        assertThat(rules.decide(WEB, "GET", "/admin/x", Map.of()))
                .isEqualTo(new Decision(false, "#2"));
    }

    @Test
    void denyRulesAloneLeaveTheDefault() {
        AccessRules rules = rules(MtlsMode.STRICT, rule(Effect.DENY, ANY, List.of("DELETE"), ANY));
        assertThat(allows(rules, WEB, "GET", "/")).isTrue();
        assertThat(allows(rules, WEB, "DELETE", "/")).isFalse();
        assertThat(allows(rules, null, "GET", "/")).isFalse();
    }

    @Test
    void auditRulesDecideNothing() {
        AccessRules rules = rules(MtlsMode.STRICT, rule(Effect.AUDIT, ANY, ANY, ANY));
        assertThat(allows(rules, WEB, "GET", "/")).isTrue();
        assertThat(allows(rules, null, "GET", "/")).isFalse();
    }

    @Test
    void aRuleOnIdentitiesNeverMatchesACallerWithoutOne() {
        AccessRules rules = rules(MtlsMode.PERMISSIVE, rule(Effect.ALLOW, List.of("*"), ANY, ANY));
        assertThat(allows(rules, WEB, "GET", "/")).isTrue();
        assertThat(allows(rules, null, "GET", "/")).isFalse();
    }

    @Test
    void matchesNamespaces() {
        AccessRules rules =
                rules(
                        MtlsMode.STRICT,
                        new AccessRule(
                                "shop only",
                                Effect.ALLOW,
                                ANY,
                                List.of("shop"),
                                ANY,
                                ANY,
                                Map.of()));
        assertThat(rules.decide(WEB, "GET", "/", Map.of()))
                .isEqualTo(new Decision(true, "shop only"));
        assertThat(allows(rules, SpiffeId.of("cluster.local", "shopping", "web"), "GET", "/"))
                .isFalse();
        assertThat(allows(rules, SpiffeId.parse("spiffe://cluster.local/shop"), "GET", "/"))
                .isFalse();
    }

    @Test
    void matchesClaimsOfAnyJsonKind() {
        AccessRules rules =
                rules(
                        MtlsMode.STRICT,
                        new AccessRule(
                                "",
                                Effect.ALLOW,
                                ANY,
                                ANY,
                                ANY,
                                ANY,
                                Map.of("role", List.of("admin", "7", "true"))));
        assertThat(claim(rules, Map.of("role", "admin"))).isTrue();
        assertThat(claim(rules, Map.of("role", 7))).isTrue();
        assertThat(claim(rules, Map.of("role", true))).isTrue();
        assertThat(claim(rules, Map.of("role", List.of("guest", "admin")))).isTrue();
        assertThat(claim(rules, Map.of("role", "Admin"))).isFalse();
        assertThat(claim(rules, Map.of("role", List.of()))).isFalse();
        assertThat(claim(rules, Map.of("role", Map.of("admin", "admin")))).isFalse();
        assertThat(claim(rules, Map.of())).isFalse();
    }

    private static boolean claim(AccessRules rules, Map<String, Object> claims) {
        return rules.decide(WEB, "GET", "/", claims).allowed();
    }

    @Test
    void refusesRulesThatCouldNeverMatchAsMeant() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rule(Effect.ALLOW, ANY, List.of("get"), ANY));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rule(Effect.ALLOW, List.of("web"), ANY, ANY));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rule(Effect.DENY, ANY, ANY, List.of("admin")));
    }
}
