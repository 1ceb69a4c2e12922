package dev.outrider.sidecar.observe;

import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/**
 * {@code 2026-11-22T10:00:00.000Z WARN [thread] d.o.sidecar.Class message}. Line ends in messages
 * and stack traces are replaced, so text from a peer cannot forge a line, and what steers a
 * terminal or turns the direction of writing is shown by its number. Any thread.
 */
final class LogLayout extends LayoutBase<ILoggingEvent> {
    private static final int LONGEST_NAME = 24;
    private static final int LEVEL_WIDTH = 5;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final TargetLengthBasedClassNameAbbreviator names =
            new TargetLengthBasedClassNameAbbreviator(LONGEST_NAME);

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level);
        line.repeat(' ', Math.max(0, LEVEL_WIDTH - level.length()));
        line.append(" [").append(event.getThreadName()).append("] ");
        line.append(names.abbreviate(event.getLoggerName())).append(' ');
        appendOnOneLine(line, event.getFormattedMessage(), " ");
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(' ');
            appendOnOneLine(line, ThrowableProxyUtil.asString(thrown), " | ");
        }
        return line.append('\n').toString();
    }

    private static void append(StringBuilder line, char c) {
        if (c != '\t' && unseen(c)) {
            line.append("\\u").append(HexFormat.of().toHexDigits(c));
        } else {
            line.append(c);
        }
    }

    private static boolean unseen(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }

    /** Runs of line ends, and the indentation behind them, become {@code instead}. */
    private static void appendOnOneLine(StringBuilder line, String text, String instead) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c != '\n' && c != '\r') {
                append(line, c);
                continue;
            }
            while (i + 1 < length && Character.isWhitespace(text.charAt(i + 1))) {
                i++;
            }
            if (i + 1 < length) {
                line.append(instead);
            }
        }
    }
}
