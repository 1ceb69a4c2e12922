package dev.outrider.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PatienceTest {
    private final AtomicLong nanos = new AtomicLong();

    /** Each reading is a second after the one before. */
    private final Patience patience = new Patience(() -> nanos.addAndGet(1_000_000_000));

    @Test
    void looksAgainUntilThereIsSomethingToSee() throws Exception {
        Iterator<Optional<String>> views =
                List.of(Optional.<String>empty(), Optional.of("it")).iterator();

        assertThat(patience.await("it", Duration.ofSeconds(5), views::next)).isEqualTo("it");
    }

    @Test
    void givesUpWithTheLastReason() {
        assertThatThrownBy(() ->
                        patience.await(
                                "it",
                                Duration.ofSeconds(2),
                                () -> {
                                    throw new IOException("refused");
                                }))
                .isInstanceOf(Patience.InVainException.class)
                .hasMessageMatching("waited [34].0 s in vain for it .*refused.*");
    }

    @Test
    void doesNotWaitForWhatCannotComeAnyMore() {
        assertThatThrownBy(() ->
                        patience.await("it", Duration.ofHours(1), () -> true, Optional::empty))
                .hasMessageContaining("in vain for it");
    }
}
