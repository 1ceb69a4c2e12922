package dev.outrider.sidecar.schema;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way from a record to a part of it, by the keys of the file. Immutable. */
public final class PartPath {
    private static final PartPath WHOLE = new PartPath(List.of());

    private final List<Step> steps;

    private PartPath(List<Step> steps) {
        this.steps = steps;
    }

    /**
     * @param key null if it is {@code item} that leads on
     */
    private record Step(@Nullable String key, int item) {}

    /** The record itself. */
    public static PartPath whole() {
        return WHOLE;
    }

    /** A field of the record, or what is below it. */
    public static PartPath of(String... keys) {
        PartPath path = WHOLE;
        for (String key : keys) {
            path = path.entry(key);
        }
        return path;
    }

    /** Of a record, or of a mapping. */
    public PartPath entry(String key) {
        return with(List.of(new Step(key, 0)));
    }

    /** Of a list, from 0. */
    public PartPath item(int index) {
        return with(List.of(new Step(null, index)));
    }

    /** The same part, seen from a record in which the one it is of stands at {@code place}. */
    PartPath below(PartPath place) {
        return place.with(steps);
    }

    private PartPath with(List<Step> further) {
        List<Step> all = new ArrayList<>(steps);
        all.addAll(further);
        return new PartPath(List.copyOf(all));
    }

    /** What the file says of the part; if it says nothing, the nearest that it is a part of. */
    Value in(Value record) {
        Value found = record;
        for (Step step : steps) {
            Value next = next(found, step);
            if (next == null) {
                return found;
            }
            found = next;
        }
        return found;
    }

    private static @Nullable Value next(Value value, Step step) {
        return switch (value) {
            case Value.Mapping mapping when step.key != null -> mapping.entries().get(step.key);
            case Value.Sequence sequence
                    when step.key == null && step.item < sequence.items().size() ->
                    sequence.items().get(step.item);
            // A lone value counts as a list of one.
            case Value.Mapping _, Value.Scalar _ when step.key == null && step.item == 0 -> value;
            default -> null;
        };
    }
}
