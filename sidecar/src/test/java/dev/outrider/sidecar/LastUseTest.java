package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastUseTest {
    private static final long LONGEST = 10;

    private final LastUse use = new LastUse();

    @Test
    void endsWhenNobodyHasTakenItForLong() {
        assertThat(use.endsAfter(LONGEST, 0)).isFalse();
        assertThat(use.endsAfter(LONGEST, 9)).isFalse();
        assertThat(use.take()).isTrue();
        assertThat(use.endsAfter(LONGEST, 12)).isFalse();
        assertThat(use.endsAfter(LONGEST, 21)).isFalse();
        assertThat(use.endsAfter(LONGEST, 22)).isTrue();
        assertThat(use.take()).isFalse();
    }

    @Test
    void theClockMayWrap() {
        assertThat(use.endsAfter(LONGEST, Long.MAX_VALUE - 2)).isFalse();
        assertThat(use.endsAfter(LONGEST, Long.MAX_VALUE + 2)).isFalse();
        assertThat(use.endsAfter(LONGEST, Long.MAX_VALUE + 9)).isTrue();
    }

    @Test
    void whoTakesItInTheMomentItEndsIsHeardOrHears() throws Exception {
        for (int i = 0; i < 2000; i++) {
            LastUse each = new LastUse();
            assertThat(each.endsAfter(LONGEST, 0)).isFalse();
            boolean[] taken = new boolean[1];
            Thread taker = Thread.ofPlatform().start(() -> taken[0] = each.take());
            boolean ended = each.endsAfter(LONGEST, LONGEST);
            taker.join();
            assertThat(ended && taken[0]).isFalse();
        }
    }
}
