package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogSetupTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void aLineSaysWhenHowBadWhoAndWhat() {
        assertThat(line("breaker billing: closed -> open", null))
                .isEqualTo(
                        "2026-11-22T10:00:00.007Z WARN  [loop-1] d.o.s.o.SpanReporter"
                                + " breaker billing: closed -> open\n");
    }

    @Test
    void aMessageAndItsStackTraceAreOneLine() {
        String line = line("from a peer\r\nforged line\n", new IllegalStateException("two\nlines"));
        assertThat(line.lines()).hasSize(1);
        assertThat(line)
                .contains("from a peer forged line ")
                .contains("IllegalStateException: two | lines | at ");
    }

    /** An id from a path of the admin port, say, in which anything can be written as %1b. */
    @Test
    void whatSteersATerminalOrTurnsTheDirectionIsShownByItsNumber() {
        assertThat(line("token 'a\u001b[2K\u0007b\u0085c\u2028d\u202ee\u007f\tf' is refused", null))
                .endsWith(
                        " token 'a\\u001b[2K\\u0007b\\u0085c\\u2028d\\u202ee\\u007f\tf' is"
                                + " refused\n");
        assertThat(line("é 漢 😀 ok", null)).endsWith(" é 漢 😀 ok\n");
    }

    @Test
    void theProcessLogsThisWay() {
        LoggerContext process = (LoggerContext) LoggerFactory.getILoggerFactory();
        assertThat(process.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr")).isNotNull();
        assertThat(process.getLogger("io.netty.handler.codec.http2").getLevel())
                .isEqualTo(Level.WARN);
        assertThat(process.getLogger("dev.outrider.start").getLevel()).isEqualTo(Level.INFO);
    }

    private String line(String message, @Nullable Throwable thrown) {
        LogLayout layout = new LogLayout();
        layout.setContext(context);
        layout.start();
        LoggingEvent event =
                new LoggingEvent(
                        "x",
                        context.getLogger("dev.outrider.sidecar.observe.SpanReporter"),
                        Level.WARN,
                        message,
                        thrown,
                        null);
        event.setInstant(Instant.parse("2026-11-22T10:00:00.007Z"));
        event.setThreadName("loop-1");
        return layout.doLayout(event);
    }
}
