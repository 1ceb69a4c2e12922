package dev.outrider.sidecar.schema;

import java.util.Map;
import java.util.function.Function;

/** A value written as one scalar. */
record ScalarSchema<T>(
        String shape,
        Map<String, Object> json,
        T sample,
        Function<String, T> parse,
        Function<T, String> print)
        implements Schema<T> {

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
                    scalar.place(), e.getMessage() + ", found '" + scalar.text() + "'");
        }
    }

    @Override
    public String show(T value) {
        return print.apply(value);
    }
}
