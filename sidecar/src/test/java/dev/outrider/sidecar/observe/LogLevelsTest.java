package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
    private final LoggerContext context = new LoggerContext();
    private final LogLevels levels = new LogLevels(context);

    @Test
    void appliesTheConfigurationAndChangesAtRunTime() {
        levels.apply(new LogConfig(LogConfig.Level.WARN, Map.of("a.b", LogConfig.Level.TRACE)));
        assertThat(context.getLogger("other").isInfoEnabled()).isFalse();
        assertThat(context.getLogger("a.b.c").isTraceEnabled()).isTrue();
        levels.set("root", "debug");
        assertThat(context.getLogger("other").isDebugEnabled()).isTrue();
        assertThat(levels.levels()).isEqualTo(Map.of("root", "debug", "a.b", "trace"));
    }

    @Test
    void refusesALevelThatIsNone() {
        assertThatThrownBy(() -> levels.set("root", "loud"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'loud'");
    }

    @Test
    void namesFromOutsideCannotGrowWithoutBound() {
        assertThatThrownBy(() -> levels.set("", "info"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected the name of a logger");
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 3_000; i++) {
                                levels.set("made-up-" + i, "info");
                            }
                        })
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(context.getLoggerList()).hasSizeLessThanOrEqualTo(2_000);
        levels.set("root", "info");
    }
}
