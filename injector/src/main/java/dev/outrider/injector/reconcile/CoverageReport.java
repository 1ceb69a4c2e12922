package dev.outrider.injector.reconcile;

import dev.outrider.injector.reconcile.Coverage.Row;
import dev.outrider.injector.reconcile.Coverage.State;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which workloads run without the sidecar they should have: a line in the log and an Event
 * when that changes, figures all the time. One thread reports, any reads the figures.
 */
final class CoverageReport {
    private static final Logger LOG = LoggerFactory.getLogger(CoverageReport.class);

    private final Journal journal;
    private final Map<String, Said> said = new HashMap<>();
    private volatile Coverage last = new Coverage(List.of());

    /** How many were said to lack one, and to have an old one. */
    private record Said(long missing, long outdated) {
        private static final Said NOTHING = new Said(0, 0);
    }

    CoverageReport(Journal journal) {
        this.journal = journal;
    }

    void report(Coverage coverage) {
        last = coverage;
        Map<String, Said> before = new HashMap<>(said);
        said.clear();
        for (Row row : coverage.rows()) {
            Said now = new Said(row.count(State.MISSING), row.count(State.OUTDATED));
            Said then = before.getOrDefault(row.key(), Said.NOTHING);
            said.put(row.key(), now);
            // Not each step of a restart under way: more of them, or the last of them.
            if (now.missing() > then.missing() || (now.missing() == 0 && then.missing() > 0)) {
                missing(row, now.missing());
            }
            if (now.outdated() > then.outdated()) {
                LOG.info(
                        "{} of {} pods of {} have a sidecar of another version than {}: {}",
                        now.outdated(),
                        row.pods().size(),
                        row.key(),
                        row.version(),
                        row.mend());
            }
        }
    }

    /** By namespace and state. */
    Map<List<String>, Double> figures() {
        Map<List<String>, Double> figures = new HashMap<>();
        for (State state : List.of(State.MISSING, State.OUTDATED, State.MESHED)) {
            String word = state.name().toLowerCase(Locale.ROOT);
            last.byNamespace(state)
                    .forEach((namespace, count) ->
                            figures.put(List.of(namespace, word), (double) count));
        }
        return figures;
    }

    private void missing(Row row, long count) {
        if (count == 0) {
            LOG.info("all pods of {} have their sidecar now", row.key());
            return;
        }
        LOG.warn(
                "{} of {} pods of {} have no sidecar and should: {}",
                count,
                row.pods().size(),
                row.key(),
                row.mend());
        PodFacts first = row.pods(State.MISSING).getFirst();
        journal.warning(
                first.about(),
                "SidecarMissing",
                first.wish() == PodFacts.Wish.REFUSED
                        ? "this pod is written so that it cannot have a sidecar; the injector would"
                                + " refuse it today"
                        : "this pod should have a sidecar and has none: it was made before its"
                                + " namespace opted in, or while the webhook was away. Mend: "
                                + row.mend());
    }
}
