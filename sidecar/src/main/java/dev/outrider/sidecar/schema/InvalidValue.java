package dev.outrider.sidecar.schema;

import java.util.List;

/**
 * What the schema refuses: where each value stands, what is wrong, and in the same sentence the
 * mend. There is always a first problem; a record reports those of its other fields with it.
 */
public final class InvalidValue extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<Problem> problems;

    public InvalidValue(Value.Place place, String sentence) {
        this(List.of(new Problem(place, sentence)));
    }

    InvalidValue(List<Problem> problems) {
        super(problems.getFirst().sentence, null, false, false);
        this.problems = List.copyOf(problems);
    }

    /** One refused value. */
    public record Problem(Value.Place place, String sentence) {}

    /** Where the first problem stands. */
    public Value.Place place() {
        return problems.getFirst().place;
    }

    /** All that one pass found, in file order within a record; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
