package dev.outrider.sidecar.schema;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Describes values of type {@code T}: reads them, and tells what they look like. Scalars and
 * collections come from {@link Schemas}; a record declares its own with {@link #record}.
 *
 * <pre>{@code
 * static final Schema<BackoffConfig> SCHEMA = Schema.record("BackoffConfig",
 *         "How long to wait before a further try; the wait is drawn from 0 to the bound.",
 *         f -> new BackoffConfig(
 *                 f.optional("base", Schemas.duration(), Duration.ofMillis(25), "bound of the first wait"),
 *                 f.optional("max", Schemas.duration(), Duration.ofMillis(250), "bound of any wait")));
 * }</pre>
 */
public interface Schema<T> {
    /** Reads a value or refuses it with {@link InvalidValue}. */
    T read(Value value);

    /**
     * The shape as JSON Schema (draft 2020-12), as plain maps and lists. A record is a reference
     * into {@code $defs}; see {@link RecordSchema#definition}.
     */
    Map<String, Object> json();

    /** The records this shape leads to at once: itself, its items, or none. */
    default List<RecordSchema<?>> records() {
        return List.of();
    }

    /**
     * The shape in a word or two for people, for example {@code duration} or {@code list of text}.
     */
    String shape();

    /** Any valid value; lets a record describe itself without a file. */
    T sample();

    /** A default as a person would write it in the file. */
    default String show(T value) {
        return String.valueOf(value);
    }

    /**
     * A record with named fields. The constructor call in {@code build} is the declaration: it asks
     * {@link Fields} for each field once, in the order of the constructor. An {@link
     * IllegalArgumentException} of the record's compact constructor is reported at the record's
     * place, {@link InvalidParts} at those of its parts.
     */
    static <R> RecordSchema<R> record(String name, String summary, Function<Fields, R> build) {
        return new RecordSchema<>(name, summary, build);
    }
}
