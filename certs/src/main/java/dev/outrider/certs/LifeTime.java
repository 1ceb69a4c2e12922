package dev.outrider.certs;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spans of time as people read and write them: {@code 90s}, {@code 15m}, {@code 24h}, {@code 10d}.
 */
public final class LifeTime {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smhd])");

    private LifeTime() {}

    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no span of time; write 90s, 15m, 24h or 10d");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** The two largest units, such as {@code 23h 59m}. */
    public static String show(Duration span) {
        Duration left = span.abs();
        String sign = span.isNegative() ? "-" : "";
        if (left.toDays() > 0) {
            return sign + left.toDays() + "d " + left.toHoursPart() + "h";
        }
        if (left.toHours() > 0) {
            return sign + left.toHours() + "h " + left.toMinutesPart() + "m";
        }
        if (left.toMinutes() > 0) {
            return sign + left.toMinutes() + "m " + left.toSecondsPart() + "s";
        }
        return sign + left.toSeconds() + "s";
    }
}
