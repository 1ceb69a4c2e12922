package dev.outrider.injector.capture;

/** The result of one step of the probe. */
sealed interface Finding {
    String text();

    record Passed(String text) implements Finding {}

    record Failed(String text) implements Finding {}

    record Skipped(String text) implements Finding {}

    default String line(Family family, String step) {
        String word =
                switch (this) {
                    case Passed _ -> "ok     ";
                    case Failed _ -> "FAILED ";
                    case Skipped _ -> "skipped";
                };
        return "probe %s  %s  %s: %s".formatted(family, word, step, text());
    }
}
