package dev.outrider.sidecar.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.Test;

class LogbackLevelsTest {
    private final LoggerContext context = new LoggerContext();
    private final LogbackLevels levels = new LogbackLevels(context);

    @Test
    void setsAndListsLevels() {
        levels.set("dev.outrider", "debug");
        assertThat(levels.levels())
                .containsEntry("ROOT", "DEBUG")
                .containsEntry("dev.outrider", "DEBUG");
        assertThat(context.getLogger("dev.outrider.x").isDebugEnabled()).isTrue();
        levels.set("ROOT", "ERROR");
        assertThat(levels.levels()).containsEntry("ROOT", "ERROR");
    }

    @Test
    void refusesUnknownLevelsAndNoName() {
        assertThatThrownBy(() -> levels.set("a", "loud"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected a level");
        assertThatThrownBy(() -> levels.set("", "info"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected the name of a logger");
    }

    @Test
    void namesFromOutsideCannotGrowWithoutBound() {
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 3_000; i++) {
                                levels.set("made-up-" + i, "info");
                            }
                        })
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(context.getLoggerList()).hasSizeLessThanOrEqualTo(2_000);
    }
}
