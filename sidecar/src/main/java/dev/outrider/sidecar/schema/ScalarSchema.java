package dev.outrider.sidecar.schema;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A value written as one scalar; {@code form} is its JSON Schema when it is written out. */
record ScalarSchema<T>(
        String shape,
        Map<String, Object> form,
        T sample,
        Function<String, T> parse,
        Function<T, String> print)
        implements Schema<T> {
    private static final int MOST_SHOWN = 80;

    /** What stands in the file where a value is substituted, whatever the type behind it. */
    private static final Map<String, Object> SUBSTITUTION =
            Map.of("type", "string", "pattern", "\\$\\{");

    @Override
    public T read(Value value) {
        if (!(value instanceof Value.Scalar scalar)) {
            throw new InvalidValue(
                    value.place(), "expected " + shape + ", not a mapping or a list");
        }
        try {
            return parse.apply(scalar.text());
        } catch (IllegalArgumentException e) {
            throw new InvalidValue(
                    scalar.place(), sentence(scalar, String.valueOf(e.getMessage())));
        }
    }

    private String sentence(Value.Scalar scalar, String message) {
        boolean substituted = !scalar.source().equals(scalar.text());
        String reason =
                substituted && message.contains(scalar.text()) ? "expected " + shape : message;
        String source = scalar.source();
        String shown =
                source.length() > MOST_SHOWN ? source.substring(0, MOST_SHOWN) + "…" : source;
        return reason + ", found '" + shown + "'";
    }

    @Override
    public Map<String, Object> json() {
        return Map.of("anyOf", List.of(form, SUBSTITUTION));
    }

    @Override
    public String show(T value) {
        return print.apply(value);
    }
}
