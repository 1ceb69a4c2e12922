package dev.outrider.sidecar.route;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes of one host, by path. Immutable. */
final class PathIndex {
    private static final String META = "\\.+*?()|[]{}^$";

    /**
     * @param start what every path it matches begins with, so that most need no further look
     */
    private record Regex(int rank, String start, Pattern pattern) {}

    private final PathNode root;
    private final Regex[] regexes;

    private PathIndex(PathNode root, Regex[] regexes) {
        this.root = root;
        this.regexes = regexes;
    }

    <C> int best(String path, int best, PathNode.Judge<? super C> judge, C context) {
        int found = root.best(path, 1, best, judge, context);
        for (Regex each : regexes) {
            if (each.rank >= found) {
                return found;
            }
            if (path.startsWith(each.start)
                    && each.pattern.matches(path)
                    && judge.holds(each.rank, context)) {
                return each.rank;
            }
        }
        return found;
    }

    /** The plain text at the start of a regex. */
    static String start(String regex) {
        int end = 0;
        while (end < regex.length() && META.indexOf(regex.charAt(end)) < 0) {
            end++;
        }
        if (regex.indexOf('|') >= 0) {
            return "";
        }
        // What is repeated may be missing.
        boolean repeated = end < regex.length() && "*?{".indexOf(regex.charAt(end)) >= 0;
        return regex.substring(0, repeated && end > 0 ? end - 1 : end);
    }

    /** An index while it is built, in the order of ranks. */
    static final class Growing {
        private final PathNode.Growing root = new PathNode.Growing();
        private final List<Regex> regexes = new ArrayList<>();

        void add(@Nullable PathMatchConfig path, int rank) {
            PathTemplate template = path == null ? PathTemplate.parse("/") : path.parsed();
            if (template != null) {
                boolean all = path == null || path.prefix() != null || template.rest() != null;
                root.add(template, all, rank);
            } else if (path != null && path.regex() != null) {
                Pattern pattern = BoundedPattern.compile(path.regex());
                regexes.add(new Regex(rank, start(path.regex()), pattern));
            }
        }

        PathIndex grown() {
            return new PathIndex(root.grown(), regexes.toArray(new Regex[0]));
        }
    }
}
