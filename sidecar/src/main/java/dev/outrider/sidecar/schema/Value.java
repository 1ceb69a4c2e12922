package dev.outrider.sidecar.schema;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /**
     * Where a node stands. Its path is put together when somebody asks, since hardly anybody does.
     *
     * @param above null for the root
     * @param step the key that leads here from above; empty if it is {@code item} that does
     */
    record Place(@Nullable Place above, String step, int item, int line, int column) {
        public static final Place NOWHERE = new Place("", 0, 0);

        /** A root of that name. */
        public Place(String path, int line, int column) {
            this(null, path, 0, line, column);
        }

        public Place entry(String key, int atLine, int atColumn) {
            return new Place(this, key, 0, atLine, atColumn);
        }

        public Place item(int index, int atLine, int atColumn) {
            return new Place(this, "", index, atLine, atColumn);
        }

        /** Of the same path. */
        public Place at(int otherLine, int otherColumn) {
            return new Place(above, step, item, otherLine, otherColumn);
        }

        /** Keys that hold dots stand in brackets, so that a path reads one way only. */
        public String path() {
            if (above == null) {
                return step;
            }
            String path = above.path();
            if (step.isEmpty()) {
                return path + "[" + item + "]";
            }
            if (step.contains(".")) {
                return path + "[" + step + "]";
            }
            return path.isEmpty() ? step : path + "." + step;
        }
    }
}
