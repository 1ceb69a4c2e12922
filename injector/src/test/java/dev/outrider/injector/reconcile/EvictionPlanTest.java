package dev.outrider.injector.reconcile;

import static dev.outrider.injector.reconcile.Shapes.pod;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvictionPlanTest {
    private static final String NOW = "0.1.0";
    private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

    private final EvictionPlan plan = new EvictionPlan(2);

    @Test
    void podsWithoutASidecarComeBeforeThoseWithAnOldOne() {
        Coverage coverage =
                of(
                        pod("shop", "a", "1").sidecar("0.0.9"),
                        pod("shop", "b", "1"),
                        pod("shop", "c", "1").sidecar(NOW));
        assertThat(next(coverage, NOON)).contains("shop/b-5d7f8-1");
        plan.evicted(plan.next(coverage, NOON).orElseThrow(), NOON);
        assertThat(next(coverage, NOON)).contains("shop/a-5d7f8-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Job", "Node"})
    void whatNobodyMakesAnewIsLeft(String controller) {
        assertThat(next(of(pod("shop", "web", "a").of(controller)), NOON)).isEmpty();
    }

    @Test
    void noMoreThanItsRateInAnyMinute() {
        Coverage coverage = of(pod("shop", "a", "1"), pod("shop", "b", "1"), pod("shop", "c", "1"));
        for (String app : List.of("a", "b")) {
            PodFacts pod = plan.next(coverage, NOON).orElseThrow();
            assertThat(pod.owner().name()).isEqualTo(app);
            plan.evicted(pod, NOON);
        }
        assertThat(next(coverage, NOON.plusSeconds(59))).isEmpty();
        assertThat(next(coverage, NOON.plusSeconds(60))).isPresent();
    }

    @Test
    void oneOfAWorkloadAtATimeAndOnlyWhileTheOthersAreReady() {
        Coverage whole = of(pod("shop", "web", "a"), pod("shop", "web", "b"));
        plan.evicted(plan.next(whole, NOON).orElseThrow(), NOON);
        Coverage starting =
                of(pod("shop", "web", "b"), pod("shop", "web", "c").sidecar(NOW).unready());
        Coverage ready = of(pod("shop", "web", "b"), pod("shop", "web", "c").sidecar(NOW));
        assertThat(next(ready, NOON.plusSeconds(10))).as("in its pause").isEmpty();
        assertThat(next(starting, NOON.plusSeconds(90))).isEmpty();
        assertThat(next(ready, NOON.plusSeconds(90))).contains("shop/web-5d7f8-b");
    }

    @Test
    void whatABudgetRefusedIsTriedAgainLater() {
        Coverage coverage = of(pod("shop", "web", "a"));
        plan.refused(plan.next(coverage, NOON).orElseThrow(), NOON);
        assertThat(next(coverage, NOON.plusSeconds(29))).isEmpty();
        assertThat(next(coverage, NOON.plusSeconds(30))).isPresent();
    }

    @Test
    void aWorkloadWhoseNewPodsLackItTooIsGivenUp() {
        Coverage before = of(pod("shop", "web", "a"));
        plan.evicted(plan.next(before, NOON).orElseThrow(), NOON);
        assertThat(plan.inVain(before.rows().getFirst())).isFalse();

        Coverage after = of(pod("shop", "web", "b").created("2026-11-28T12:00:05Z"));
        assertThat(plan.inVain(after.rows().getFirst())).isTrue();
        plan.giveUp(after.rows().getFirst(), NOON.plusSeconds(60));
        assertThat(next(after, NOON.plus(Duration.ofMinutes(30)))).isEmpty();
        assertThat(next(after, NOON.plus(Duration.ofMinutes(62)))).isPresent();
    }

    @Test
    void podsThatCannotHaveOneAreLeft() {
        Coverage coverage =
                Coverage.of(List.of(pod("shop", "web", "a").facts(PodFacts.Wish.REFUSED)), NOW);
        assertThat(coverage.byNamespace(Coverage.State.MISSING)).containsEntry("shop", 1L);
        assertThat(plan.next(coverage, NOON)).isEmpty();
    }

    private Optional<String> next(Coverage coverage, Instant now) {
        return plan.next(coverage, now).map(PodFacts::key);
    }

    private static Coverage of(Shapes.Pod... pods) {
        return Coverage.of(Stream.of(pods).map(pod -> pod.facts(PodFacts.Wish.YES)).toList(), NOW);
    }
}
