package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.SpiffeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExpectedPeerTest {
    @Test
    void allowsExactIdsNamespacesAndTrustDomains() {
        assertThat(ExpectedPeer.exactly(Set.of(TestMesh.WEB)).allows(TestMesh.WEB)).isTrue();
        assertThat(ExpectedPeer.exactly(Set.of(TestMesh.WEB)).allows(TestMesh.ORDERS)).isFalse();
        ExpectedPeer shop = new ExpectedPeer(List.of("spiffe://cluster.local/ns/shop/*"));
        assertThat(shop.allows(TestMesh.ORDERS)).isTrue();
        assertThat(shop.allows(SpiffeId.of("cluster.local", "shopping", "web"))).isFalse();
        ExpectedPeer mesh = ExpectedPeer.anyOf("cluster.local");
        assertThat(mesh.allows(TestMesh.WEB)).isTrue();
        assertThat(mesh.allows(SpiffeId.of("cluster.local.evil", "shop", "web"))).isFalse();
    }

    @Test
    void refusesPatternsThatNoIdCanMatch() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExpectedPeer(List.of("spiffe://cluster.local/ns/*/sa/web")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExpectedPeer(List.of("cluster.local/ns/shop/sa/web")));
        assertThatIllegalArgumentException().isThrownBy(() -> new ExpectedPeer(List.of()));
    }

    @Test
    void saysWhoAnsweredAndWhoWasExpected() {
        TlsPeer orders =
                new TlsPeer(TestMesh.ORDERS, "00", "", Instant.MAX, Duration.ofDays(1), false);
        assertThatThrownBy(() -> ExpectedPeer.exactly(Set.of(TestMesh.WEB)).check(orders))
                .isInstanceOf(PeerRefused.class)
                .hasMessage("the server is " + TestMesh.ORDERS + ", expected " + TestMesh.WEB);
    }
}
