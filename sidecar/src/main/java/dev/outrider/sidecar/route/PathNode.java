package dev.outrider.sidecar.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A segment of the trie of paths. Routes are their ranks, the best is 0; a subtree that has nothing
 * better than what was found is left alone. A path can come to a node in one way only, so a look-up
 * visits each at most once. Immutable.
 */
final class PathNode {
    /** Judges a rank by what is no path. */
    interface Judge<C> {
        boolean holds(int rank, C context);
    }

    private static final int[] NONE = {};

    /** Null at the leaves, of which there are thousands. */
    private final @Nullable TextTable<PathNode> plain;

    private final @Nullable PathNode any;
    private final int[] here;
    private final int[] below;
    private final int least;

    private PathNode(Growing from) {
        Map<String, PathNode> children = new HashMap<>();
        from.plain.forEach((segment, child) -> children.put(segment, new PathNode(child)));
        plain = children.isEmpty() ? null : new TextTable<>(children, false);
        any = from.any == null ? null : new PathNode(from.any);
        here = sorted(from.here);
        below = sorted(from.below);
        int best = any == null ? Integer.MAX_VALUE : any.least;
        for (PathNode child : children.values()) {
            best = Math.min(best, child.least);
        }
        best = here.length == 0 ? best : Math.min(best, here[0]);
        least = below.length == 0 ? best : Math.min(best, below[0]);
    }

    private static int[] sorted(List<Integer> ranks) {
        if (ranks.isEmpty()) {
            return NONE;
        }
        int[] sorted = ranks.stream().mapToInt(Integer::intValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    /**
     * The best rank below {@code best} whose path matches and that the judge lets pass, else {@code
     * best}.
     *
     * @param at where the segment begins that comes next
     */
    <C> int best(String path, int at, int best, Judge<? super C> judge, C context) {
        if (least >= best) {
            return best;
        }
        int found = first(below, best, judge, context);
        if (at >= path.length()) {
            return first(here, found, judge, context);
        }
        int slash = path.indexOf('/', at);
        int end = slash < 0 ? path.length() : slash;
        PathNode child = plain == null ? null : plain.get(path, at, end);
        if (child != null) {
            found = child.best(path, end + 1, found, judge, context);
        }
        return any == null ? found : any.best(path, end + 1, found, judge, context);
    }

    static <C> int first(int[] ranks, int best, Judge<? super C> judge, C context) {
        for (int rank : ranks) {
            if (rank >= best) {
                return best;
            }
            if (judge.holds(rank, context)) {
                return rank;
            }
        }
        return best;
    }

    /** A node while the trie is built. */
    static final class Growing {
        private final Map<String, Growing> plain = new HashMap<>();
        private @Nullable Growing any;
        private final List<Integer> here = new ArrayList<>();
        private final List<Integer> below = new ArrayList<>();

        /**
         * @param all whether it also has what is below the path
         */
        void add(PathTemplate path, boolean all, int rank) {
            Growing node = this;
            for (String segment : path.segments()) {
                node = node.child(segment);
            }
            (all ? node.below : node.here).add(rank);
        }

        private Growing child(String segment) {
            if (!PathTemplate.isParameter(segment)) {
                return plain.computeIfAbsent(segment, _ -> new Growing());
            }
            Growing child = any == null ? new Growing() : any;
            any = child;
            return child;
        }

        PathNode grown() {
            return new PathNode(this);
        }
    }
}
