package dev.outrider.sidecar.route;

import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One route at one of its hosts, and which of two comes first: the greater priority, the more
 * specific host, the more specific path, more conditions, the earlier in the file. What it is
 * compared by is made once, since thousands are sorted.
 */
final class RouteOrder implements Comparable<RouteOrder> {
    private static final Comparator<RouteOrder> ORDER =
            Comparator.comparingInt((RouteOrder each) -> -each.priority)
                    .thenComparingInt(each -> hostKind(each.host))
                    .thenComparingInt(each -> -each.host.length())
                    .thenComparingInt(each -> each.pathKind)
                    .thenComparingInt(each -> -each.prefixLength)
                    .thenComparing(each -> each.shape)
                    .thenComparingInt(each -> -each.conditions)
                    .thenComparingInt(each -> each.position);

    private final String name;
    private final MatchConfig match;
    private final int priority;
    private final String host;
    private final int position;

    /** Exact, template, prefix, regex, any. */
    private final int pathKind;

    private final int prefixLength;
    private final String shape;
    private final int conditions;

    /**
     * @param host an exact name, {@code .example.com} for all below that, empty for any
     */
    RouteOrder(String name, MatchConfig match, int priority, String host, int position) {
        this.name = name;
        this.match = match;
        this.priority = priority;
        this.host = host;
        this.position = position;
        PathMatchConfig path = match.path();
        PathTemplate template = path == null ? null : path.parsed();
        boolean prefix = path != null && path.prefix() != null;
        this.pathKind = pathKind(path, template);
        this.prefixLength = prefix && template != null ? template.segments().size() : 0;
        // Regexes are ordered by what follows.
        this.shape = template == null ? "" : template.shape();
        this.conditions = match.conditions();
    }

    private static int pathKind(@Nullable PathMatchConfig path, @Nullable PathTemplate template) {
        if (path == null) {
            return 4;
        }
        if (template == null) {
            return 3;
        }
        return path.prefix() != null ? 2 : template.isPlain() ? 0 : 1;
    }

    private static int hostKind(String host) {
        return host.isEmpty() ? 2 : host.startsWith(".") ? 1 : 0;
    }

    String name() {
        return name;
    }

    MatchConfig match() {
        return match;
    }

    String host() {
        return host;
    }

    int position() {
        return position;
    }

    @Override
    public int compareTo(RouteOrder other) {
        return ORDER.compare(this, other);
    }

    private record Key(
            int priority,
            String host,
            int pathKind,
            String path,
            Map<String, TextMatchConfig> headers,
            Map<String, TextMatchConfig> query,
            @Nullable String accept) {}

    private Key key() {
        PathMatchConfig path = match.path();
        String regex = path == null ? null : path.regex();
        return new Key(
                priority,
                host,
                pathKind,
                regex == null ? shape : regex,
                match.headers(),
                match.query(),
                match.accept());
    }

    /**
     * Nothing but the file's order would decide between two that have a request in common whatever
     * it is like. Of a route it names one such other at most.
     */
    static void check(List<RouteOrder> routes, PartChecks checks) {
        Map<Key, Map<String, RouteOrder>> taken = new HashMap<>();
        Set<Integer> told = new HashSet<>();
        for (RouteOrder route : routes) {
            List<String> own = route.match.methods();
            Map<String, RouteOrder> methods =
                    taken.computeIfAbsent(route.key(), _ -> new HashMap<>());
            for (String method : own.isEmpty() ? Set.of("") : new HashSet<>(own)) {
                RouteOrder other = methods.putIfAbsent(method, route);
                if (other != null && told.add(route.position)) {
                    checks.add(
                            PartPath.whole().item(route.position),
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
