package dev.outrider.injector.pod;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Values of other meshes in our words. */
final class Meanings {
    private static final Map<String, String> LEVELS =
            Map.of(
                    "trace", "trace",
                    "debug", "debug",
                    "info", "info",
                    "warn", "warn",
                    "warning", "warn",
                    "error", "error",
                    "critical", "error",
                    "off", "off");

    private Meanings() {}

    /** Istio includes all by a star and nothing by an empty text. */
    static Optional<String> istioList(String value) {
        return Optional.of(
                switch (value.strip()) {
                    case "*" -> "all";
                    case "" -> "none";
                    default -> value;
                });
    }

    /** The level that holds for everything; levels of their parts are not ours. */
    static Optional<String> logLevel(String value) {
        return Optional.ofNullable(LEVELS.get(value.strip().toLowerCase(Locale.ROOT)));
    }

    /** A bare number is one of seconds. */
    static Optional<String> seconds(String value) {
        return Optional.of(value.matches("[0-9]+") ? value + "s" : value);
    }

    /** Linkerd's lines of Apache's form we do not write. */
    static Optional<String> accessLog(String value) {
        return switch (value.strip()) {
            case "json" -> Optional.of("stdout");
            case "none" -> Optional.of("off");
            default -> Optional.empty();
        };
    }
}
