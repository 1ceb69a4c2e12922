package dev.outrider.sidecar.schema;

import org.jspecify.annotations.Nullable;

/** What a record's schema asks for while it builds the record: see {@link Schema#record}. */
public interface Fields {
    /** A field that must be there. */
    <T> T required(String name, Schema<T> schema, String help);

    /** A field that may be left out; then {@code fallback} holds, and the reference says so. */
    <T> T optional(String name, Schema<T> schema, T fallback, String help);

    /** A field that may be left out with no value in its place. */
    <T> @Nullable T nullable(String name, Schema<T> schema, String help);
}
