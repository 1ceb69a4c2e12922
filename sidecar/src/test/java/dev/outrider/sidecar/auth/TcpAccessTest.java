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

class TcpAccessTest {
    private static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    private static final SpiffeId FOREIGN = SpiffeId.of("elsewhere", "shop", "web");
    private static final String WEB_ID = WEB.toString();

    @Test
    void letsTheOwnTrustDomainInWithoutRules() {
        TcpAccess access = access(MtlsMode.STRICT);
        assertThat(allows(access, WEB)).isTrue();
        assertThat(allows(access, FOREIGN)).isFalse();
        assertThat(allows(access, null)).isFalse();
        assertThat(access.counts()).isEqualTo(new TcpAccess.Counts(1, 2));
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
    void refusesWhereATokenIsNeeded() {
        assertThat(access(MtlsMode.STRICT).allows(connection(WEB), true)).isFalse();
    }

    private static TcpAccess access(MtlsMode mode, AccessRule... rules) {
        AccessConfig config = new AccessConfig(List.of(rules));
        return new TcpAccess(new AccessRules(config, mode, "cluster.local"), mode);
    }

    private static AccessRule rule(Effect effect, List<String> from, List<String> methods) {
        return new AccessRule("", effect, from, List.of(), methods, List.of(), Map.of());
    }

    private static boolean allows(TcpAccess access, @Nullable SpiffeId id) {
        return access.allows(connection(id), false);
    }

    private static TcpConnection connection(@Nullable SpiffeId id) {
        InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        Peer peer = new Peer(client, id != null, id, null, null);
        return new TcpConnection(Direction.INBOUND, peer, null, null);
    }
}
