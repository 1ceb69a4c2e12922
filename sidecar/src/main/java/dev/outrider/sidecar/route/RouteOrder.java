package dev.outrider.sidecar.route;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One route at one of its hosts, and which of two comes first: the greater priority, the more
 * specific host, the more specific path, more conditions, the earlier in the file.
 *
 * @param host an exact name, {@code .example.com} for all below that, empty for any
 */
record RouteOrder(String name, MatchConfig match, int priority, String host, int position)
        implements Comparable<RouteOrder> {
    private static final Comparator<RouteOrder> ORDER =
            Comparator.comparingInt((RouteOrder each) -> -each.priority)
                    .thenComparingInt(each -> hostKind(each.host))
                    .thenComparingInt(each -> -each.host.length())
                    .thenComparingInt(each -> pathKind(each.match.path()))
                    .thenComparingInt(each -> pathLength(each.match.path()))
                    .thenComparing(each -> pathKey(each.match.path(), true))
                    .thenComparingInt(each -> -each.match.conditions())
                    .thenComparingInt(each -> each.position);

    @Override
    public int compareTo(RouteOrder other) {
        return ORDER.compare(this, other);
    }

    private static int hostKind(String host) {
        return host.isEmpty() ? 2 : host.startsWith(".") ? 1 : 0;
    }

    /** Exact, template, prefix, regex, any. */
    private static int pathKind(@Nullable PathMatchConfig path) {
        if (path == null) {
            return 4;
        }
        PathTemplate template = path.parsed();
        if (template == null) {
            return 3;
        }
        return path.prefix() != null ? 2 : template.isPlain() ? 0 : 1;
    }

    /** The longer prefix first; others are not ordered by that. */
    private static int pathLength(@Nullable PathMatchConfig path) {
        PathTemplate template = path == null || path.prefix() == null ? null : path.parsed();
        return template == null ? 0 : -template.segments().size();
    }

    /** The same for paths that match the same; regexes only in the file's order. */
    private static String pathKey(@Nullable PathMatchConfig path, boolean sorting) {
        if (path == null) {
            return "";
        }
        PathTemplate template = path.parsed();
        return template == null ? sorting ? "" : String.valueOf(path.regex()) : template.shape();
    }

    private record Key(
            int priority,
            String host,
            int pathKind,
            String path,
            Map<String, TextMatchConfig> headers,
            Map<String, TextMatchConfig> query,
            @Nullable String accept) {}

    /**
     * @throws IllegalArgumentException if nothing but the file's order decides between two that
     *     have a request in common whatever it is like
     */
    static void refuseEqual(List<RouteOrder> routes) {
        Map<Key, Map<String, RouteOrder>> taken = new HashMap<>();
        for (RouteOrder route : routes) {
            MatchConfig match = route.match;
            Key key =
                    new Key(
                            route.priority,
                            route.host,
                            pathKind(match.path()),
                            pathKey(match.path(), false),
                            match.headers(),
                            match.query(),
                            match.accept());
            Map<String, RouteOrder> methods = taken.computeIfAbsent(key, _ -> new HashMap<>());
            for (String method :
                    match.methods().isEmpty() ? Set.of("") : new HashSet<>(match.methods())) {
                RouteOrder other = methods.putIfAbsent(method, route);
                if (other != null) {
                    throw new IllegalArgumentException(
                            "routes '"
                                    + other.name
                                    + "' and '"
                                    + route.name
                                    + "' match the same requests; remove one, or give one a"
                                    + " condition or a 'priority'");
                }
            }
        }
    }
}
