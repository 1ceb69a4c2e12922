package dev.outrider.sidecar.resilience;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Reads the Retry-After field (RFC 9110, section 10.2.3): seconds, or a date. */
public final class RetryAfterField {
    private static final long MOST_SECONDS = Duration.ofDays(365).toSeconds();

    private RetryAfterField() {}

    /** The wait asked for, or {@link RetryPolicy#NO_RETRY_AFTER} without one that can be read. */
    public static long nanos(@Nullable String value, InstantSource wall) {
        if (value == null || value.isBlank()) {
            return RetryPolicy.NO_RETRY_AFTER;
        }
        String text = value.strip();
        return Character.isDigit(text.charAt(0)) ? seconds(text) : date(text, wall);
    }

    private static long seconds(String text) {
        long seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return RetryPolicy.NO_RETRY_AFTER;
            }
            seconds = Math.min(MOST_SECONDS, seconds * 10 + (c - '0'));
        }
        return Duration.ofSeconds(seconds).toNanos();
    }

    private static long date(String text, InstantSource wall) {
        try {
            Instant moment = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
            long seconds = Duration.between(wall.instant(), moment).toSeconds();
            return Duration.ofSeconds(Math.clamp(seconds, 0, MOST_SECONDS)).toNanos();
        } catch (DateTimeException e) {
            return RetryPolicy.NO_RETRY_AFTER;
        }
    }
}
