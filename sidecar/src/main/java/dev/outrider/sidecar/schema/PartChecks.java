package dev.outrider.sidecar.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what a record refuses of its parts, for its compact constructor, which ends with {@link
 * #refuse()}. Not thread-safe.
 */
public final class PartChecks {
    private final List<InvalidParts.Problem> found = new ArrayList<>();

    /** Notes what is wrong with a part, and in the same sentence the mend. */
    public void add(PartPath part, String sentence) {
        found.add(new InvalidParts.Problem(part, sentence));
    }

    /**
     * Notes what the check refuses with an {@link IllegalArgumentException}.
     *
     * @param part what the check is of: {@link InvalidParts} of the check are parts of that
     */
    public void check(PartPath part, Runnable check) {
        try {
            check.run();
        } catch (InvalidParts e) {
            e.problems().forEach(each -> add(each.part().below(part), each.sentence()));
        } catch (IllegalArgumentException e) {
            add(part, String.valueOf(e.getMessage()));
        }
    }

    /** Throws {@link InvalidParts} if there is anything. */
    public void refuse() {
        if (!found.isEmpty()) {
            throw new InvalidParts(found);
        }
    }
}
