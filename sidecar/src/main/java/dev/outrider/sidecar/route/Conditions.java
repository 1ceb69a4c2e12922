package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a route asks of a request beside host and path, compiled. Immutable. */
final class Conditions {
    /** A header field or query parameter and what it must be. */
    private record Named(String name, TextMatch match) {}

    private final String[] methods;
    private final Named[] headers;
    private final Named[] query;
    private final @Nullable String accept;

    Conditions(MatchConfig config) {
        Set<String> all = new TreeSet<>(config.methods());
        if (all.contains("GET")) {
            all.add("HEAD");
        }
        methods = all.toArray(new String[0]);
        headers = named(config.headers());
        query = named(config.query());
        accept = config.accept();
    }

    private static Named[] named(Map<String, TextMatchConfig> configs) {
        return configs.entrySet().stream()
                .map(each -> new Named(each.getKey(), TextMatch.of(each.getValue())))
                .toArray(Named[]::new);
    }

    /** The methods it takes, none for any. */
    List<String> methods() {
        return List.of(methods);
    }

    boolean allow(String method) {
        for (String each : methods) {
            if (each.equals(method)) {
                return true;
            }
        }
        return methods.length == 0;
    }

    /** All but the method; a preflight does not yet have the fields of its request. */
    boolean hold(RequestHead request, boolean preflight) {
        for (Named each : query) {
            if (!ofQuery(each, request.target())) {
                return false;
            }
        }
        if (preflight) {
            return true;
        }
        for (Named each : headers) {
            if (!ofHeaders(each, request.headers())) {
                return false;
            }
        }
        return accept == null || accepts(request.headers(), accept);
    }

    private static boolean ofQuery(Named condition, String target) {
        return condition.match.absent()
                ? !QueryText.has(target, condition.name)
                : QueryText.each(target, condition.name, condition.match::matches);
    }

    /** Each value must match: the app may read the first, or the last. */
    private static boolean ofHeaders(Named condition, Headers headers) {
        String first = headers.get(condition.name);
        if (first == null || condition.match.absent()) {
            return first == null && condition.match.absent();
        }
        return headers.count(condition.name) == 1
                ? condition.match.matches(first)
                : headers.all(condition.name).stream().allMatch(condition.match::matches);
    }

    /** Whether a member of Accept is that media type, whatever its parameters. */
    private static boolean accepts(Headers headers, String type) {
        for (String value : headers.all("accept")) {
            for (String member : value.split(",", -1)) {
                int semicolon = member.indexOf(';');
                String range = semicolon < 0 ? member : member.substring(0, semicolon);
                if (range.strip().equalsIgnoreCase(type)) {
                    return true;
                }
            }
        }
        return false;
    }
}
