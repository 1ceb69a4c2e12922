package dev.outrider.sidecar.schema;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers what is wrong in one collection, so that a person mends a file in one go. */
final class Problems {
    /** More than a person reads at once; keeps a hostile file from making a huge report. */
    static final int MOST = 20;

    private final List<InvalidValue.Problem> found = new ArrayList<>();

    /** Reads the value, or notes the problem and gives null. */
    <T> @Nullable T read(Schema<T> schema, Value value) {
        try {
            return schema.read(value);
        } catch (InvalidValue e) {
            e.problems().forEach(each -> add(each.place(), each.sentence()));
            return null;
        }
    }

    void add(Value.Place place, String sentence) {
        if (found.size() < MOST) {
            found.add(new InvalidValue.Problem(place, sentence));
        }
    }

    boolean any() {
        return !found.isEmpty();
    }

    void refuse() {
        if (any()) {
            throw new InvalidValue(found);
        }
    }
}
