package dev.outrider.sidecar.schema;

import java.util.List;
import java.util.Map;

/**
 * A configuration file as it was read, before it means anything: each node knows its line and
 * column (from 1) and its path from the root, for example {@code outbound.services.billing}.
 */
public sealed interface Value {
    Place place();

    /** A plain or quoted scalar; {@code null} and the empty value are the empty text. */
    record Scalar(Place place, String text) implements Value {}

    record Sequence(Place place, List<Value> items) implements Value {}

    /** Entries in file order; a key's own place is where it stands in the file. */
    record Mapping(Place place, Map<String, Value> entries) implements Value {}

    /** Where a node stands. */
    record Place(String path, int line, int column) {
        public static final Place NOWHERE = new Place("", 0, 0);
    }
}
