package dev.outrider.sidecar.schema;

import java.util.List;

/**
 * What a record refuses of its parts, for example since they do not fit each other. {@link
 * RecordSchema} turns it into an {@link InvalidValue} with the places of the parts.
 */
public final class InvalidParts extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private final transient List<Problem> problems;

    public InvalidParts(PartPath part, String sentence) {
        this(List.of(new Problem(part, sentence)));
    }

    InvalidParts(List<Problem> problems) {
        super(problems.getFirst().sentence);
        this.problems = List.copyOf(problems);
    }

    record Problem(PartPath part, String sentence) {}

    List<Problem> problems() {
        return problems;
    }

    /** The same, of the record that stands there. */
    InvalidValue in(Value record) {
        return new InvalidValue(
                problems.stream()
                        .limit(Problems.MOST)
                        .map(each ->
                                new InvalidValue.Problem(
                                        each.part.in(record).place(), each.sentence))
                        .toList());
    }
}
