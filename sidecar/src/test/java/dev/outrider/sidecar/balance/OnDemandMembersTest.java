package dev.outrider.sidecar.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.time.FakeTicker;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OnDemandMembersTest {
    private final FakeTicker ticker = new FakeTicker();
    private final OnDemandMembers members =
            new OnDemandMembers(3, Duration.ofMinutes(10).toNanos(), ticker);

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress("10.0.0.1", port);
    }

    private Member ask(int port) {
        ticker.advance(Duration.ofSeconds(1));
        Member known = members.known(at(port));
        if (known != null) {
            return known;
        }
        assertThat(members.makeRoom().room()).isTrue();
        return members.add(at(port));
    }

    @Test
    void anAddressKeepsItsMember() {
        assertThat(ask(1)).isSameAs(ask(1)).isNotSameAs(ask(2));
        assertThat(ask(1).address()).isEqualTo("10.0.0.1:1");
    }

    @Test
    void forgetsWhoeverWasAskedForLongestAgo() {
        Member one = ask(1);
        Member two = ask(2);
        ask(3);
        ask(1);
        ask(4);
        assertThat(members.has(one)).isTrue();
        assertThat(members.has(two)).isFalse();
        assertThat(members.addresses())
                .containsExactlyInAnyOrder("10.0.0.1:1", "10.0.0.1:3", "10.0.0.1:4");
    }

    @Test
    void nobodyInUseIsForgotten() {
        for (int port = 1; port <= 3; port++) {
            ask(port).begin();
        }
        assertThat(members.makeRoom())
                .isEqualTo(new OnDemandMembers.Sweep(java.util.List.of(), false));
        ask(2).abandon();
        ask(4);
        assertThat(members.addresses()).doesNotContain("10.0.0.1:2");
    }

    @Test
    void forgetsTheIdleOnceInAWhile() {
        Member one = ask(1);
        ticker.advance(Duration.ofMinutes(11));
        Member two = ask(2);
        assertThat(members.has(one)).isFalse();
        assertThat(members.has(two)).isTrue();
    }
}
