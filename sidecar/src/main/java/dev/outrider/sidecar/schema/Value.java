package dev.outrider.sidecar.schema;

import java.util.List;
import java.util.Map;

/**
 * A configuration file as it was read, before it means anything: each node knows its line and
 * column (from 1) and its path from the root, for example {@code outbound.services.billing}.
 */
public sealed interface Value {
    Place place();

    /**
     * A plain or quoted scalar. {@code text} is what it means, {@code source} is how the file
     * spells it before substitution: only the source may be shown to anybody, since the text may be
     * a secret that came from elsewhere.
     */
    record Scalar(Place place, String text, String source) implements Value {
        /** A scalar that stands in the file as it is meant. */
        public Scalar(Place place, String text) {
            this(place, text, text);
        }
    }

    record Sequence(Place place, List<Value> items) implements Value {}

    /** Entries in file order; the place of an entry's value is where its key stands. */
    record Mapping(Place place, Map<String, Value> entries) implements Value {}

    /** Where a node stands. */
    record Place(String path, int line, int column) {
        public static final Place NOWHERE = new Place("", 0, 0);
    }
}
