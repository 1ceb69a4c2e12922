package dev.outrider.injector.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The lines in which two texts differ (Myers, "An O(ND) difference algorithm", 1986). Texts that
 * differ in very much are one difference.
 */
final class LineDiff {
    private static final int MOST = 1500;

    private final List<String> before;
    private final List<String> after;

    private LineDiff(List<String> before, List<String> after) {
        this.before = before;
        this.after = after;
    }

    /**
     * {@code removed} lines from {@code before} on, instead of them {@code added} from {@code
     * after} on.
     */
    record Hunk(int before, int removed, int after, int added) {}

    /** Lines with what ends them. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int feed = text.indexOf('\n', start);
            int end = feed < 0 ? text.length() : feed + 1;
            lines.add(text.substring(start, end));
            start = end;
        }
        return lines;
    }

    static List<Hunk> between(List<String> before, List<String> after) {
        int head = 0;
        int shorter = Math.min(before.size(), after.size());
        while (head < shorter && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && before.get(before.size() - 1 - tail)
                        .equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        LineDiff middle =
                new LineDiff(
                        before.subList(head, before.size() - tail),
                        after.subList(head, after.size() - tail));
        return middle.hunks(head);
    }

    private List<Hunk> hunks(int shift) {
        int n = before.size();
        int m = after.size();
        boolean[] removed = new boolean[n];
        boolean[] added = new boolean[m];
        List<int[]> trace = trace();
        if (trace.isEmpty()) {
            Arrays.fill(removed, true);
            Arrays.fill(added, true);
        }
        int x = n;
        int y = m;
        for (int d = trace.size() - 1; d > 0; d--) {
            int[] reached = trace.get(d);
            int k = x - y;
            boolean down = goesDown(reached, d, k, d);
            int from = down ? k + 1 : k - 1;
            x = reached[from + d];
            y = x - from;
            if (down) {
                added[y] = true;
            } else {
                removed[x] = true;
            }
        }
        return hunks(shift, removed, added);
    }

    private static List<Hunk> hunks(int shift, boolean[] removed, boolean[] added) {
        List<Hunk> hunks = new ArrayList<>();
        int x = 0;
        int y = 0;
        while (x < removed.length || y < added.length) {
            int fromX = x;
            int fromY = y;
            while (x < removed.length && removed[x]) {
                x++;
            }
            while (y < added.length && added[y]) {
                y++;
            }
            if (x > fromX || y > fromY) {
                hunks.add(new Hunk(shift + fromX, x - fromX, shift + fromY, y - fromY));
            } else {
                x++;
                y++;
            }
        }
        return hunks;
    }

    private static boolean goesDown(int[] reached, int middle, int k, int d) {
        return k == -d || (k != d && reached[middle + k - 1] < reached[middle + k + 1]);
    }

    /** The furthest reaching points for each number of differences; none if there are too many. */
    private List<int[]> trace() {
        int n = before.size();
        int m = after.size();
        List<int[]> trace = new ArrayList<>();
        int[] v = new int[2 * MOST + 3];
        for (int d = 0; d <= Math.min(n + m, MOST); d++) {
            // What stands there before this round, for the diagonals -d to d.
            trace.add(Arrays.copyOfRange(v, MOST + 1 - d, MOST + 2 + d));
            for (int k = -d; k <= d; k += 2) {
                int at = MOST + 1 + k;
                boolean down = goesDown(v, MOST + 1, k, d);
                int x = d == 0 ? 0 : down ? v[at + 1] : v[at - 1] + 1;
                while (x < n && x - k < m && before.get(x).equals(after.get(x - k))) {
                    x++;
                }
                v[at] = x;
                if (x >= n && x - k >= m) {
                    return trace;
                }
            }
        }
        return List.of();
    }
}
