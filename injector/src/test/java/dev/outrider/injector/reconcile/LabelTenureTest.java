package dev.outrider.injector.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.reconcile.LabelTenure.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelTenureTest {
    private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");
    private static final Answerer WEB = new Answerer.One("web");
    private static final Answerer NOBODY = new Answerer.NoOne("why");
    private static final Answerer OPEN = new Answerer.Unsettled("why");

    private LabelTenure tenure = LabelTenure.NEW;
    private Optional<String> label = Optional.empty();

    @Test
    void itIsSetWhenItHeldForAWhile() {
        assertThat(look(WEB, 0)).isEqualTo(new Step.Keep());
        assertThat(look(WEB, 29)).isEqualTo(new Step.Keep());
        assertThat(look(WEB, 30)).isEqualTo(new Step.Set("web"));
    }

    @Test
    void aBreakBeginsTheWhileAnew() {
        look(WEB, 0);
        look(OPEN, 20);
        assertThat(look(WEB, 31)).isEqualTo(new Step.Keep());
        assertThat(look(WEB, 60)).isEqualTo(new Step.Keep());
        assertThat(look(WEB, 61)).isEqualTo(new Step.Set("web"));
    }

    @Test
    void itIsTakenAwayAtOnceButNotForWantOfPods() {
        label = Optional.of("web");
        assertThat(look(OPEN, 0)).isEqualTo(new Step.Keep());
        assertThat(look(NOBODY, 1)).isEqualTo(new Step.Remove("why"));
    }

    @Test
    void itStaysWhileMostPodsAreAsItSaysAndIsNotSetForMost() {
        Answerer most = new Answerer.Most("web", "why");
        assertThat(look(most, 0)).isEqualTo(new Step.Keep());
        assertThat(look(most, 600)).isEqualTo(new Step.Keep());
        label = Optional.of("web");
        assertThat(look(most, 601)).isEqualTo(new Step.Keep());
        label = Optional.of("other");
        assertThat(look(most, 602)).isEqualTo(new Step.Remove("why"));
    }

    @Test
    void anotherAccountThanItSaysIsPutRightAtOnce() {
        label = Optional.of("old");
        assertThat(look(WEB, 0)).isEqualTo(new Step.Set("web"));
    }

    @Test
    void whatFlapsHasToHoldForLongerEachTime() {
        int second = 0;
        for (int patience : new int[] {30, 60, 240, 480, 480}) {
            look(WEB, second);
            assertThat(look(WEB, second + patience - 1)).isEqualTo(new Step.Keep());
            assertThat(look(WEB, second + patience)).isEqualTo(new Step.Set("web"));
            change("web", second + patience);
            second += patience + 10;
            assertThat(look(NOBODY, second)).isEqualTo(new Step.Remove("why"));
            change("", second);
        }
    }

    @Test
    void whatWasCalmForLongIsTrustedAgain() {
        label = Optional.of("web");
        change("web", 0);
        int later = (int) Duration.ofHours(3).toSeconds();
        assertThat(look(NOBODY, later)).isEqualTo(new Step.Remove("why"));
        change("", later);
        look(WEB, later + 5);
        assertThat(look(WEB, later + 35)).isEqualTo(new Step.Set("web"));
    }

    private Step look(Answerer answerer, int second) {
        Instant now = NOON.plusSeconds(second);
        tenure = tenure.looked(answerer, now);
        return tenure.step(answerer, label, now);
    }

    private void change(String to, int second) {
        label = to.isEmpty() ? Optional.empty() : Optional.of(to);
        tenure = tenure.changedAt(NOON.plusSeconds(second));
    }
}
