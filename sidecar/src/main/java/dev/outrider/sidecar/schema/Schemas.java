package dev.outrider.sidecar.schema;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The schemas that records are made of. */
public final class Schemas {
    private static final String PERCENT = "(100(\\.0{1,6})?|[0-9]{1,2}(\\.[0-9]{1,6})?)%";

    private Schemas() {}

    /** Any text. */
    public static Schema<String> text() {
        return scalar("text", Map.of("type", List.of("string", "number", "boolean")), "", t -> t);
    }

    /** {@code true} or {@code false}. */
    public static Schema<Boolean> bool() {
        return scalar(
                "true or false",
                Map.of("type", "boolean"),
                false,
                text ->
                        switch (text) {
                            case "true" -> true;
                            case "false" -> false;
                            default -> throw new IllegalArgumentException("expected true or false");
                        });
    }

    /** A whole number from {@code least} to {@code most}, both included. */
    public static Schema<Integer> integer(int least, int most) {
        return scalar(
                "number " + least + " to " + most,
                Map.of("type", "integer", "minimum", least, "maximum", most),
                least,
                text -> {
                    String expected = "expected a whole number from " + least + " to " + most;
                    long number =
                            text.matches("-?[0-9]{1,10}") ? Long.parseLong(text) : Long.MAX_VALUE;
                    if (number < least || number > most) {
                        throw new IllegalArgumentException(expected);
                    }
                    return (int) number;
                });
    }

    /**
     * {@code 250ms}, {@code 1.5s}, {@code 10m}, {@code 24h}; {@code 0s} where zero has a meaning.
     */
    public static Schema<Duration> duration() {
        return new ScalarSchema<>(
                "duration",
                Map.of("type", "string", "pattern", Durations.PATTERN),
                Duration.ofSeconds(1),
                Durations::parse,
                Durations::show);
    }

    /** A number of bytes: {@code 512}, {@code 64KiB}, {@code 1MiB}, {@code 2GiB}. */
    public static Schema<Long> size() {
        return new ScalarSchema<>(
                "size",
                Map.of(
                        "type",
                        List.of("string", "integer"),
                        "pattern",
                        Sizes.PATTERN,
                        "minimum",
                        0),
                1024L,
                Sizes::parse,
                Sizes::show);
    }

    /** A share from {@code 0%} to {@code 100%}, decimals allowed, read as 0 to 1. */
    public static Schema<Double> percent() {
        return new ScalarSchema<>(
                "percentage",
                Map.of("type", "string", "pattern", "^" + PERCENT + "$"),
                0.5,
                text -> {
                    if (!text.matches(PERCENT)) {
                        throw new IllegalArgumentException(
                                "expected a percentage from 0% to 100% such as 50%");
                    }
                    return Double.parseDouble(text.substring(0, text.length() - 1)) / 100;
                },
                share ->
                        BigDecimal.valueOf(share * 100)
                                        .setScale(6, RoundingMode.HALF_UP)
                                        .stripTrailingZeros()
                                        .toPlainString()
                                + "%");
    }

    /** One of an enum's constants, written in lower case with dashes. */
    public static <E extends Enum<E>> Schema<E> oneOf(Class<E> type) {
        Map<String, E> byWord = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byWord.put(word(constant), constant);
        }
        String words = String.join(", ", byWord.keySet());
        return new ScalarSchema<>(
                "one of " + words,
                Map.of("type", "string", "enum", List.copyOf(byWord.keySet())),
                type.getEnumConstants()[0],
                text -> {
                    E constant = byWord.get(text);
                    if (constant == null) {
                        throw new IllegalArgumentException("expected one of " + words);
                    }
                    return constant;
                },
                Schemas::word);
    }

    /** Text that {@code parse} understands; it refuses with an {@link IllegalArgumentException}. */
    public static <T> Schema<T> scalar(
            String shape, Map<String, Object> json, T sample, Function<String, T> parse) {
        return new ScalarSchema<>(shape, json, sample, parse, String::valueOf);
    }

    /** A list; a lone value counts as a list of one. */
    public static <T> Schema<List<T>> list(Schema<T> item) {
        return new ListSchema<>(item);
    }

    /** A mapping from free names to values, in file order. */
    public static <T> Schema<Map<String, T>> map(Schema<T> item) {
        return new MapSchema<>(item);
    }

    private static String word(Enum<?> constant) {
        return String.join(
                "-", Arrays.asList(constant.name().toLowerCase(Locale.ROOT).split("_", -1)));
    }
}
