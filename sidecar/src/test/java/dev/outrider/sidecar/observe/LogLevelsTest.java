package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
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

    @Test
    void aMessageAndItsStackTraceAreOneLine() throws Exception {
        String pattern;
        try (var xml = LogLevels.class.getResourceAsStream("/logback.xml")) {
            pattern =
                    new String(xml.readAllBytes(), StandardCharsets.UTF_8)
                            .replaceAll("(?s).*<pattern>|</pattern>.*", "");
        }
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(pattern);
        layout.start();
        String line =
                layout.doLayout(
                        new LoggingEvent(
                                "x",
                                context.getLogger("a.B"),
                                Level.WARN,
                                "from a peer\r\nforged line",
                                new IllegalStateException("two\nlines"),
                                null));
        assertThat(line.lines()).hasSize(1);
        assertThat(line).contains("from a peer forged line").contains("IllegalStateException");
    }
}
