package dev.outrider.injector.manifest;

import java.util.ArrayList;
import java.util.List;

/** Differences as {@code diff -u} shows them and {@code patch} takes them. */
final class UnifiedDiff {
    private static final int CONTEXT = 3;
    private static final String UNENDED = "\n\\ No newline at end of file\n";

    private UnifiedDiff() {}

    /** Empty if there is none. */
    static String of(String name, String before, String after) {
        List<String> old = LineDiff.lines(before);
        List<String> now = LineDiff.lines(after);
        List<LineDiff.Hunk> hunks = LineDiff.between(old, now);
        if (hunks.isEmpty()) {
            return "";
        }
        StringBuilder diff = new StringBuilder();
        diff.append("--- ").append(name).append("\n+++ ").append(name).append('\n');
        for (List<LineDiff.Hunk> near : grouped(hunks)) {
            group(diff, near, old, now);
        }
        return diff.toString();
    }

    /** Hunks whose context would overlap are one. */
    private static List<List<LineDiff.Hunk>> grouped(List<LineDiff.Hunk> hunks) {
        List<List<LineDiff.Hunk>> groups = new ArrayList<>();
        int end = 0;
        for (LineDiff.Hunk hunk : hunks) {
            if (groups.isEmpty() || hunk.before() - end > 2 * CONTEXT) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(hunk);
            end = hunk.before() + hunk.removed();
        }
        return groups;
    }

    private static void group(
            StringBuilder diff, List<LineDiff.Hunk> hunks, List<String> old, List<String> now) {
        LineDiff.Hunk first = hunks.getFirst();
        LineDiff.Hunk last = hunks.getLast();
        int lead = Math.min(CONTEXT, first.before());
        int start = first.before() - lead;
        int stop = last.before() + last.removed();
        int end = Math.min(old.size(), stop + CONTEXT);
        int size = last.after() + last.added() - first.after() + lead + end - stop;
        diff.append("@@ -").append(range(start, end - start));
        diff.append(" +").append(range(first.after() - lead, size)).append(" @@\n");
        int at = start;
        for (LineDiff.Hunk hunk : hunks) {
            lines(diff, ' ', old.subList(at, hunk.before()));
            at = hunk.before() + hunk.removed();
            lines(diff, '-', old.subList(hunk.before(), at));
            lines(diff, '+', now.subList(hunk.after(), hunk.after() + hunk.added()));
        }
        lines(diff, ' ', old.subList(at, end));
    }

    private static String range(int start, int size) {
        return (size == 0 ? start : start + 1) + (size == 1 ? "" : "," + size);
    }

    private static void lines(StringBuilder diff, char mark, List<String> lines) {
        for (String line : lines) {
            diff.append(mark).append(line).append(line.endsWith("\n") ? "" : UNENDED);
        }
    }
}
