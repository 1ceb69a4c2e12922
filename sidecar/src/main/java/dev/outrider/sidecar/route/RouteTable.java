package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.schema.InvalidParts;
import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Routes by host, then by a trie of path segments, then by what else they ask; regular expressions
 * are tried one by one. A look-up makes no garbage unless conditions or regexes have to be tried.
 * Immutable, shared by all loops.
 *
 * @param <T> what a route leads to
 */
public final class RouteTable<T> {
    /** A route; the greater {@code priority} goes before all rules of what is more specific. */
    public record Entry<T>(String name, MatchConfig match, int priority, T target) {}

    private final TextTable<PathIndex> exact;
    private final TextTable<PathIndex> below;
    private final boolean wildcards;
    private final PathIndex any;
    private final Conditions[] conditions;
    private final List<T> targets;
    private final PathNode.Judge<RequestHead> judge = this::holds;

    private RouteTable(
            Map<String, PathIndex.Growing> hosts, Conditions[] conditions, List<T> targets) {
        Map<String, PathIndex> names = new HashMap<>();
        Map<String, PathIndex> suffixes = new HashMap<>();
        hosts.forEach((host, index) ->
                (host.startsWith(".") ? suffixes : names).put(host, index.grown()));
        PathIndex everywhere = names.remove("");
        this.any = everywhere == null ? new PathIndex.Growing().grown() : everywhere;
        this.exact = new TextTable<>(names, true);
        this.below = new TextTable<>(suffixes, true);
        this.wildcards = !suffixes.isEmpty();
        this.conditions = conditions;
        this.targets = targets;
    }

    /**
     * @throws InvalidParts of the list, if two routes have the same name or match the same requests
     */
    public static <T> RouteTable<T> of(List<Entry<T>> routes) {
        List<RouteOrder> order = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            Entry<T> route = routes.get(i);
            List<String> hosts = route.match.hosts().isEmpty() ? List.of("") : route.match.hosts();
            for (String host : hosts) {
                String key = host.startsWith("*") ? host.substring(1) : host;
                order.add(new RouteOrder(route.name, route.match, route.priority, key, i));
            }
        }
        PartChecks checks = new PartChecks();
        checkNames(routes, checks);
        RouteOrder.check(order, checks);
        checks.refuse();
        Collections.sort(order);
        Map<String, PathIndex.Growing> hosts = new HashMap<>();
        Conditions[] conditions = new Conditions[order.size()];
        List<T> targets = new ArrayList<>();
        for (int rank = 0; rank < conditions.length; rank++) {
            RouteOrder route = order.get(rank);
            hosts.computeIfAbsent(route.host(), _ -> new PathIndex.Growing())
                    .add(route.match().path(), rank);
            conditions[rank] = new Conditions(route.match());
            targets.add(routes.get(route.position()).target);
        }
        return new RouteTable<>(hosts, conditions, List.copyOf(targets));
    }

    private static void checkNames(List<? extends Entry<?>> routes, PartChecks checks) {
        TreeSet<String> names = new TreeSet<>();
        for (int i = 0; i < routes.size(); i++) {
            String name = routes.get(i).name();
            if (!names.add(name)) {
                checks.add(
                        PartPath.whole().item(i).entry("name"),
                        "two routes have the name '" + name + "'; each needs its own");
            }
        }
    }

    /**
     * The best route that matches, null if none does.
     *
     * @param path of the request, normalised
     */
    public @Nullable T find(RequestHead request, String path) {
        return at(search(request, path, judge));
    }

    /**
     * The best route for the request that a browser asks about (CORS). Of its fields only the names
     * of those are known that a script adds, so it may be another route's in the end.
     */
    public @Nullable T findPreflighted(RequestHead request, String path, String method) {
        return at(
                search(
                        request,
                        path,
                        (rank, head) ->
                                conditions[rank].allow(method)
                                        && conditions[rank].hold(head, true)));
    }

    /** The methods with which the request would match some route; empty if none. */
    public List<String> methods(RequestHead request, String path) {
        TreeSet<String> methods = new TreeSet<>();
        search(
                request,
                path,
                (rank, head) -> {
                    if (conditions[rank].hold(head, false)) {
                        methods.addAll(conditions[rank].methods());
                    }
                    return false; // goes on to the others
                });
        return List.copyOf(methods);
    }

    private @Nullable T at(int rank) {
        return rank == Integer.MAX_VALUE ? null : targets.get(rank);
    }

    private boolean holds(int rank, RequestHead request) {
        Conditions of = conditions[rank];
        return of.allow(request.method()) && of.hold(request, false);
    }

    private int search(RequestHead request, String path, PathNode.Judge<RequestHead> judge) {
        String authority = request.authority();
        int end = hostEnd(authority);
        int best = Integer.MAX_VALUE;
        PathIndex index = exact.get(authority, 0, end);
        if (index != null) {
            best = index.best(path, best, judge, request);
        }
        if (wildcards) {
            int dot = authority.indexOf('.', 1);
            while (dot > 0 && dot < end) {
                index = below.get(authority, dot, end);
                if (index != null) {
                    best = index.best(path, best, judge, request);
                }
                dot = authority.indexOf('.', dot + 1);
            }
        }
        return any.best(path, best, judge, request);
    }

    /** Without the port, and without the dot of the root, which names the same host. */
    private static int hostEnd(String authority) {
        int colon = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        int end = colon < 0 ? authority.length() : colon;
        return end > 1 && authority.charAt(end - 1) == '.' ? end - 1 : end;
    }
}
