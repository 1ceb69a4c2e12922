package dev.outrider.injector.capture;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Options whose value is several, separated by commas. */
final class Lists {
    /** Each becomes a rule that every new connection may have to pass. */
    private static final int MOST = 100;

    private Lists() {}

    static Stream<String> split(String text) {
        if (text.isBlank()) {
            return Stream.of();
        }
        List<String> parts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (parts.contains("")) {
            throw new IllegalArgumentException(
                    "'" + text + "' has an empty entry; remove the comma that is too many");
        }
        if (parts.size() > MOST) {
            throw new IllegalArgumentException(
                    "%d entries; %d are allowed, so write ranges".formatted(parts.size(), MOST));
        }
        return parts.stream();
    }
}
