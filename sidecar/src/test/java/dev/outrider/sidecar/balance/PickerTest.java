package dev.outrider.sidecar.balance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.balance.BalanceConfig.Algorithm;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PickerTest {
    private final FakeTicker ticker = new FakeTicker();
    private final Random random = new Random(11);

    private static BalanceConfig config(Algorithm algorithm, double loadBound) {
        HashConfig hash =
                algorithm == Algorithm.RING_HASH ? new HashConfig(HashConfig.By.SOURCE, "") : null;
        return new BalanceConfig(algorithm, 0.5, hash, 100, loadBound);
    }

    private Members members(Algorithm algorithm, int... weights) {
        return members(config(algorithm, 0.25), weights);
    }

    private Members members(BalanceConfig config, int... weights) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            endpoints.add(new Endpoint("10.0.0." + i, 80, weights[i], null));
        }
        return Members.none(config, ticker).update(new EndpointSet(1, endpoints));
    }

    private @Nullable Member pick(Algorithm algorithm, Members members, @Nullable Member avoid) {
        return Picker.of(config(algorithm, 0.25))
                .pick(members, avoid, random.nextLong(), random, ticker.nanos());
    }

    private Map<Member, Integer> spread(Picker picker, Members members, int times) {
        Map<Member, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            Member member = picker.pick(members, null, random.nextLong(), random, ticker.nanos());
            counts.merge(requireNonNull(member), 1, Integer::sum);
        }
        return counts;
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void picksNobodyFromNobody(Algorithm algorithm) {
        assertThat(pick(algorithm, members(algorithm), null)).isNull();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void picksTheOnlyOneEvenIfItWasTried(Algorithm algorithm) {
        Members members = members(algorithm, 1);
        Member only = members.all().getFirst();
        assertThat(pick(algorithm, members, null)).isSameAs(only);
        assertThat(pick(algorithm, members, only)).isSameAs(only);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void avoidsTheOneThatWasTriedWhenThereIsAnother(Algorithm algorithm) {
        for (int[] weights : new int[][] {{1, 1}, {1, 1, 1}}) {
            Members members = members(algorithm, weights);
            Member tried = members.all().getFirst();
            for (int i = 0; i < 200; i++) {
                assertThat(pick(algorithm, members, tried)).isNotNull().isNotSameAs(tried);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void leavesOutTheUnhealthyAndTheEjected(Algorithm algorithm) {
        Members members = members(algorithm, 1, 1, 1, 1);
        members.all().get(0).healthy(false);
        members.all().get(1).eject(ticker.nanos() + 1_000_000_000L, 1);
        Picker picker = Picker.of(config(algorithm, 0.25));
        assertThat(spread(picker, members, 400).keySet())
                .containsExactlyInAnyOrder(members.all().get(2), members.all().get(3));
        ticker.advance(Duration.ofSeconds(1));
        assertThat(spread(picker, members, 400)).hasSize(3);
        members.all().get(0).healthy(true);
        assertThat(spread(picker, members, 400)).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void usesAllWhenTooManyAreBad(Algorithm algorithm) {
        Members members = members(algorithm, 1, 1, 1);
        members.all().get(0).healthy(false);
        Picker picker = Picker.of(config(algorithm, 0.25));
        assertThat(spread(picker, members, 300)).hasSize(2);
        assertThat(members.panicking(ticker.nanos())).isFalse();
        members.all().get(1).healthy(false);
        assertThat(spread(picker, members, 300)).hasSize(3);
        assertThat(members.panicking(ticker.nanos())).isTrue();
    }

    @Test
    void oneBadOfTwoIsNeverPicked() {
        BalanceConfig jumpy = new BalanceConfig(Algorithm.PEAK_EWMA, 0.1, null, 100, 0);
        Members members = members(jumpy, 1, 1);
        members.all().getFirst().healthy(false);
        assertThat(spread(Picker.of(jumpy), members, 200)).hasSize(1);
    }

    @Test
    void neverPanicsWhenToldSo() {
        BalanceConfig calm = new BalanceConfig(Algorithm.PEAK_EWMA, 1, null, 100, 0);
        Members members = members(calm, 1, 1);
        members.all().forEach(member -> member.healthy(false));
        assertThat(Picker.of(calm).pick(members, null, 0, random, ticker.nanos())).isNull();
    }

    @Test
    void roundRobinGoesInTurn() {
        Members members = members(Algorithm.ROUND_ROBIN, 1, 1, 1);
        Picker picker = Picker.of(config(Algorithm.ROUND_ROBIN, 0));
        assertThat(spread(picker, members, 300).values()).containsOnly(100);
    }

    @Test
    void weightedFollowsTheWeights() {
        Members members = members(Algorithm.WEIGHTED, 1, 3, 6);
        Picker picker = Picker.of(config(Algorithm.WEIGHTED, 0));
        Map<Member, Integer> counts = spread(picker, members, 10_000);
        assertThat(counts.get(members.all().get(0))).as("seed 11").isBetween(900, 1100);
        assertThat(counts.get(members.all().get(1))).as("seed 11").isBetween(2800, 3200);
        assertThat(counts.get(members.all().get(2))).as("seed 11").isBetween(5800, 6200);
    }

    @Test
    void leastRequestsTakesTheIdlest() {
        Members members = members(Algorithm.LEAST_REQUESTS, 1, 1, 4);
        members.all().get(0).begin();
        members.all().get(2).begin();
        members.all().get(2).begin();
        assertThat(pick(Algorithm.LEAST_REQUESTS, members, null)).isSameAs(members.all().get(2));
        members.all().get(2).begin();
        members.all().get(2).begin();
        assertThat(pick(Algorithm.LEAST_REQUESTS, members, null)).isSameAs(members.all().get(1));
    }

    @Test
    void twoChoicesTurnFromTheSlowAndComeBackToThem() {
        Members members = members(Algorithm.PEAK_EWMA, 1, 1);
        Member slow = members.all().get(0);
        Member fast = members.all().get(1);
        slow.begin();
        slow.end(500_000_000L, true, ticker.nanos());
        for (int i = 0; i < 100; i++) {
            assertThat(pick(Algorithm.PEAK_EWMA, members, null)).isSameAs(fast);
        }
        for (int i = 0; i < 60; i++) {
            ticker.advance(Duration.ofSeconds(1));
            fast.begin();
            fast.end(20_000_000L, true, ticker.nanos());
        }
        assertThat(pick(Algorithm.PEAK_EWMA, members, null)).isSameAs(slow);
    }

    @Test
    void theRingKeepsKeysWhereTheyAreWhenAMemberGoes() {
        BalanceConfig config = config(Algorithm.RING_HASH, 0);
        Members before = members(config, 1, 1, 1, 1);
        Picker picker = Picker.of(config);
        List<Endpoint> rest = new ArrayList<>();
        before.all().subList(0, 3).forEach(member -> rest.add(member.endpoint()));
        Members after = before.update(new EndpointSet(2, rest));
        Member gone = before.all().get(3);
        for (int i = 0; i < 2000; i++) {
            long key = random.nextLong();
            Member was = picker.pick(before, null, key, random, ticker.nanos());
            Member is = picker.pick(after, null, key, random, ticker.nanos());
            if (was != gone) {
                assertThat(is).as("key %d, seed 11", key).isSameAs(was);
            }
        }
        assertThat(spread(picker, before, 10_000).values())
                .as("seed 11")
                .allMatch(count -> count > 1500 && count < 3500);
    }

    @Test
    void theRingPassesABusyMemberOver() {
        Members members = members(Algorithm.RING_HASH, 1, 1, 1);
        Picker picker = Picker.of(config(Algorithm.RING_HASH, 0.25));
        Member first = requireNonNull(picker.pick(members, null, 99, random, ticker.nanos()));
        for (int i = 0; i < 10; i++) {
            first.begin();
        }
        assertThat(picker.pick(members, null, 99, random, ticker.nanos()))
                .isNotNull()
                .isNotSameAs(first);
    }
}
