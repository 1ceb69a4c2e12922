package dev.outrider.sidecar.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.time.FakeTicker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MembersTest {
    private final FakeTicker ticker = new FakeTicker();

    @Test
    void keepsWhatItKnowsOfAnAddressThatStays() {
        Members first =
                Members.none(BalanceConfig.DEFAULTS, ticker)
                        .update(
                                new EndpointSet(
                                        1, List.of(new Endpoint("a", 1), new Endpoint("b", 1))));
        Member a = first.all().getFirst();
        a.begin();
        Members second =
                first.update(
                        new EndpointSet(
                                2, List.of(new Endpoint("c", 1), new Endpoint("a", 1, 7, "z"))));
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.all().get(1)).isSameAs(a);
        assertThat(a.weight()).isEqualTo(7);
        assertThat(a.inFlight()).isEqualTo(1);
        a.healthy(false);
        assertThat(second.usable(ticker.nanos()).members())
                .containsExactly(second.all().getFirst());
    }

    @Test
    void aFastFailureDoesNotMakeAMemberAttractive() {
        Members members =
                Members.none(BalanceConfig.DEFAULTS, ticker)
                        .update(new EndpointSet(1, List.of(new Endpoint("a", 1))));
        Member member = members.all().getFirst();
        double before = member.latencyNanos(ticker.nanos());
        member.begin();
        member.end(1000, false, ticker.nanos());
        assertThat(member.latencyNanos(ticker.nanos())).isGreaterThan(before);
        assertThat(member.inFlight()).isZero();
        member.begin();
        member.abandon();
        assertThat(member.inFlight()).isZero();
    }

    @Test
    void estimatesLatencyByPeaksThatFade() {
        LatencyEstimate estimate = new LatencyEstimate(ticker.nanos());
        assertThat(estimate.nanos(ticker.nanos())).isEqualTo(30e6);
        estimate.observe(200_000_000L, ticker.nanos());
        assertThat(estimate.nanos(ticker.nanos())).isEqualTo(200e6);
        for (int i = 0; i < 1000; i++) {
            ticker.advance(Duration.ofMillis(100));
            estimate.observe(10_000_000L, ticker.nanos());
        }
        assertThat(estimate.nanos(ticker.nanos())).isBetween(9.9e6, 10.1e6);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(estimate.nanos(ticker.nanos())).isBetween(3.6e6, 3.8e6);
        long earlier = ticker.nanos() - Duration.ofSeconds(1).toNanos();
        assertThat(estimate.nanos(earlier)).isLessThan(11e6);
    }

    private static Endpoint at(String host, boolean near) {
        return new Endpoint(host, 1, 1, null, near, null);
    }

    private Members zoned() {
        return Members.none(BalanceConfig.DEFAULTS, ticker)
                .update(
                        new EndpointSet(
                                1,
                                List.of(
                                        at("a", true),
                                        at("b", true),
                                        at("c", true),
                                        at("d", false),
                                        at("e", false))));
    }

    private List<String> picked(Members members) {
        return Stream.of(members.usable(ticker.nanos()).members())
                .map(each -> each.endpoint().host())
                .toList();
    }

    @Test
    void thoseNearbyComeFirstWhileEnoughAreGood() {
        Members members = zoned();
        assertThat(picked(members)).containsExactly("a", "b", "c");
        members.all().get(0).healthy(false);
        assertThat(picked(members)).containsExactly("b", "c");
        members.all().get(1).healthy(false);
        assertThat(picked(members)).containsExactly("c", "d", "e");
        assertThat(members.panicking(ticker.nanos())).isFalse();
        members.all().get(2).healthy(false);
        assertThat(picked(members)).containsExactly("a", "b", "c", "d", "e");
        assertThat(members.panicking(ticker.nanos())).isTrue();
        members.all().get(0).healthy(true);
        members.all().get(1).healthy(true);
        assertThat(picked(members)).containsExactly("a", "b");
    }

    @Test
    void aRingStaysNearbyToo() {
        BalanceConfig ring =
                new BalanceConfig(
                        BalanceConfig.Algorithm.RING_HASH,
                        0.5,
                        new HashConfig(HashConfig.By.SOURCE, ""),
                        100,
                        0);
        Members members = zoned().under(ring);
        Picker picker = Picker.of(ring);
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            Member picked = picker.pick(members, null, random.nextLong(), random, ticker.nanos());
            assertThat(Objects.requireNonNull(picked).endpoint().near()).isTrue();
        }
    }

    @Test
    void anAddressThatSomebodyElseHasNowIsAnotherMember() {
        Endpoint first = new Endpoint("a", 1, 1, null, true, "spiffe://x/ns/shop/sa/one");
        Members members =
                Members.none(BalanceConfig.DEFAULTS, ticker)
                        .update(new EndpointSet(1, List.of(first)));
        Member same = members.update(new EndpointSet(2, List.of(first))).all().getFirst();
        assertThat(same).isSameAs(members.all().getFirst());
        Endpoint second = new Endpoint("a", 1, 1, null, true, "spiffe://x/ns/shop/sa/two");
        Member other = members.update(new EndpointSet(3, List.of(second))).all().getFirst();
        assertThat(other).isNotSameAs(members.all().getFirst());
    }
}
