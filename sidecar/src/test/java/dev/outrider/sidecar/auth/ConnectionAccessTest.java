package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionAccessTest {
    private static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");

    private static AccessRule rule(
            AccessRule.Effect effect, List<String> from, List<String> methods) {
        return new AccessRule("r", effect, from, List.of(), methods, List.of(), Map.of());
    }

    private static AccessRules rules(AccessRule... rules) {
        return new AccessRules(new AccessConfig(List.of(rules)), MtlsMode.STRICT, "cluster.local");
    }

    private static TcpConnection from(@Nullable SpiffeId id) {
        return new TcpConnection(
                Direction.INBOUND,
                new Peer(new InetSocketAddress("10.1.2.3", 4711), id != null, id, null, null),
                new InetSocketAddress("10.1.0.1", 5432),
                null);
    }

    private static @Nullable Failure check(AccessRules rules, @Nullable SpiffeId id) {
        return new ConnectionAccess(rules, false, _ -> false).check(from(id));
    }

    @Test
    void withoutRulesTheOwnTrustDomainIsLetIn() {
        assertThat(check(rules(), WEB)).isNull();
        assertThat(check(rules(), SpiffeId.of("elsewhere", "shop", "web"))).isNotNull();
        assertThat(check(rules(), null)).isNotNull();
    }

    @Test
    void aRuleOnThePeerAloneLetsIn() {
        AccessRules rules =
                rules(rule(AccessRule.Effect.ALLOW, List.of(WEB.toString()), List.of()));
        assertThat(check(rules, WEB)).isNull();
        assertThat(check(rules, SpiffeId.of("cluster.local", "shop", "other"))).isNotNull();
    }

    @Test
    void aRuleOnRequestsNeverLetsRawBytesIn() {
        AccessRules rules =
                rules(rule(AccessRule.Effect.ALLOW, List.of(WEB.toString()), List.of("GET")));
        assertThat(check(rules, WEB))
                .isInstanceOfSatisfying(
                        Failure.Refused.class,
                        it -> assertThat(it.detail()).contains("no rule allows raw TCP"));
    }

    @Test
    void aDenialOfSomeRequestsDeniesRawBytes() {
        AccessRules rules =
                rules(rule(AccessRule.Effect.DENY, List.of(WEB.toString()), List.of("DELETE")));
        assertThat(check(rules, WEB)).isNotNull();
        assertThat(check(rules, SpiffeId.of("cluster.local", "shop", "other"))).isNull();
    }

    @Test
    void whereTokensAreDueOnlyPortsWithoutHttpTakeRawBytes() {
        ConnectionAccess guarded = new ConnectionAccess(rules(), true, port -> port == 6379);
        assertThat(guarded.check(from(WEB))).isNotNull();
        assertThat(guarded.denied()).isEqualTo(1);
        ConnectionAccess declared = new ConnectionAccess(rules(), true, port -> port == 5432);
        assertThat(declared.check(from(WEB))).isNull();
    }

    @Test
    void noRuleLetsACallerInThatHasNotProvenWhoItIs() {
        AccessRules rules = rules(rule(AccessRule.Effect.ALLOW, List.of(), List.of()));
        assertThat(check(rules, WEB)).isNull();
        assertThat(check(rules, null)).isNotNull();
    }
}
