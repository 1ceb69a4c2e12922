package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.auth.AccessRule.Effect;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionAccessTest {
    private static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    private static final SpiffeId FOREIGN = SpiffeId.of("elsewhere", "shop", "web");
    private static final String WEB_ID = WEB.toString();

    @Test
    void letsTheOwnTrustDomainInWithoutRules() {
        ConnectionAccess access = access(MtlsMode.STRICT);
        assertThat(allows(access, WEB)).isTrue();
        assertThat(allows(access, FOREIGN)).isFalse();
        assertThat(allows(access, null)).isFalse();
        assertThat(access.denied()).isEqualTo(2);
    }

    @Test
    void letsCallersWithoutIdentityInWherePermissiveAndNoRuleAsksForOne() {
        assertThat(allows(access(MtlsMode.PERMISSIVE), null)).isTrue();
        AccessRule web = rule(Effect.ALLOW, List.of(WEB_ID), List.of());
        assertThat(allows(access(MtlsMode.PERMISSIVE, web), null)).isFalse();
    }

    @Test
    void needsAnIdentityWhereStrictWhateverTheRulesSay() {
        AccessRule all = rule(Effect.ALLOW, List.of(), List.of());
        assertThat(allows(access(MtlsMode.STRICT, all), null)).isFalse();
        assertThat(allows(access(MtlsMode.PERMISSIVE, all), null)).isTrue();
    }

    @Test
    void takesRulesOnPeersAsTheyAre() {
        AccessRule web = rule(Effect.ALLOW, List.of(WEB_ID), List.of());
        AccessRule noWeb = rule(Effect.DENY, List.of(WEB_ID), List.of());
        assertThat(allows(access(MtlsMode.STRICT, web), WEB)).isTrue();
        assertThat(allows(access(MtlsMode.STRICT, web), FOREIGN)).isFalse();
        assertThat(allows(access(MtlsMode.STRICT, web, noWeb), WEB)).isFalse();
    }

    @Test
    void letsNobodyInByARuleOnRequests() {
        AccessRule gets = rule(Effect.ALLOW, List.of(WEB_ID), List.of("GET"));
        assertThat(allows(access(MtlsMode.STRICT, gets), WEB)).isFalse();
    }

    @Test
    void refusesWhomADenyRuleOnRequestsMightMean() {
        AccessRule noDeletes = rule(Effect.DENY, List.of(WEB_ID), List.of("DELETE"));
        assertThat(allows(access(MtlsMode.STRICT, noDeletes), WEB)).isFalse();
        SpiffeId other = SpiffeId.of("cluster.local", "shop", "other");
        assertThat(allows(access(MtlsMode.STRICT, noDeletes), other)).isTrue();
    }

    @Test
    void refusesWhereATokenIsNeededUnlessThePortIsSaidToBeRaw() {
        AccessRules rules =
                new AccessRules(AccessConfig.DEFAULTS, MtlsMode.STRICT, "cluster.local");
        assertThat(allows(new ConnectionAccess(rules, true, _ -> false), WEB)).isFalse();
        assertThat(allows(new ConnectionAccess(rules, true, port -> port == 0), WEB)).isTrue();
    }

    private static ConnectionAccess access(MtlsMode mode, AccessRule... rules) {
        AccessConfig config = new AccessConfig(List.of(rules));
        AccessRules compiled = new AccessRules(config, mode, "cluster.local");
        return new ConnectionAccess(compiled, false, _ -> false);
    }

    private static AccessRule rule(Effect effect, List<String> from, List<String> methods) {
        return new AccessRule("", effect, from, List.of(), methods, List.of(), Map.of());
    }

    private static boolean allows(ConnectionAccess access, @Nullable SpiffeId id) {
        return access.check(connection(id)) == null;
    }

    private static TcpConnection connection(@Nullable SpiffeId id) {
        InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        Peer peer = new Peer(client, id != null, id, null, null);
        return new TcpConnection(Direction.INBOUND, peer, null, null);
    }

    @Test
    void noRuleLetsACallerInThatHasNotProvenWhoItIs() {
        AccessRules rules = rules(rule(AccessRule.Effect.ALLOW, List.of(), List.of()));
        assertThat(check(rules, WEB)).isNull();
        assertThat(check(rules, null)).isNotNull();
    }
}
