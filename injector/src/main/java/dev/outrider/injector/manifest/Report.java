package dev.outrider.injector.manifest;

import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Says on standard error what was done with each object, and then how it was in all. */
final class Report {
    private final PrintWriter err;
    private final String done;
    private final boolean quiet;
    private final Map<Finding.Kind, Integer> counts = new EnumMap<>(Finding.Kind.class);
    private final Map<String, Integer> passed = new LinkedHashMap<>();

    /**
     * @param done what has been done with an object that was changed
     * @param quiet to say only what somebody should look at
     */
    Report(PrintWriter err, String done, boolean quiet) {
        this.err = err;
        this.done = done;
        this.quiet = quiet;
    }

    void add(List<Finding> findings) {
        for (Finding finding : findings) {
            counts.merge(finding.kind(), 1, Integer::sum);
            switch (finding.kind()) {
                case CHANGED -> say(finding, done);
                case UNCHANGED -> say(finding, "as it should be, not changed");
                case SKIPPED -> say(finding, "skipped: " + finding.words());
                case UNKNOWN ->
                        say(
                                finding,
                                "passed through: it seems to make pods, but its kind is not known"
                                        + " here");
                case PASSED -> passed.merge(finding.object().split(" ", 2)[0], 1, Integer::sum);
                case WARNING -> problem(finding, "warning: ");
                case REFUSED -> problem(finding, "refused: ");
            }
        }
    }

    private void say(Finding finding, String words) {
        if (!quiet) {
            err.println(finding.place() + ": " + finding.object() + ": " + words);
        }
    }

    private void problem(Finding finding, String kind) {
        String object = finding.object().isEmpty() ? "" : finding.object() + ": ";
        err.println(finding.place() + ": " + object + kind + finding.words());
    }

    /** The last line; {@code fate} is where the result went. */
    void end(String fate) {
        if (!quiet) {
            StringJoiner sums = new StringJoiner(", ");
            sums.add(count(Finding.Kind.CHANGED) + " " + done);
            sum(sums, Finding.Kind.UNCHANGED, "as they should be");
            sum(sums, Finding.Kind.SKIPPED, "skipped");
            sum(sums, Finding.Kind.UNKNOWN, "of unknown kinds");
            sum(
                    sums,
                    Finding.Kind.WARNING,
                    count(Finding.Kind.WARNING) == 1 ? "warning" : "warnings");
            String others =
                    passed.entrySet().stream()
                            .map(entry -> entry.getValue() + " " + entry.getKey())
                            .collect(Collectors.joining(", "));
            String without = others.isEmpty() ? "" : "; without pods: " + others;
            err.println("outrider: " + sums + without + fate);
        }
        err.flush();
    }

    private void sum(StringJoiner sums, Finding.Kind kind, String words) {
        if (count(kind) > 0) {
            sums.add(count(kind) + " " + words);
        }
    }

    private int count(Finding.Kind kind) {
        return counts.getOrDefault(kind, 0);
    }
}
