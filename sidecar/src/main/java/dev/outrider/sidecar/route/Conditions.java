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
    /** The names of the fields that a script adds to its request, as the browser tells them. */
    private static final String ASKED_HEADERS = "access-control-request-headers";

    /** Fields that browsers add, or let scripts add, without telling (Fetch standard). */
    private static final Set<String> UNTOLD =
            Set.of(
                    "accept",
                    "accept-charset",
                    "accept-encoding",
                    "accept-language",
                    "authorization",
                    "connection",
                    "content-language",
                    "content-length",
                    "content-type",
                    "cookie",
                    "date",
                    "dnt",
                    "expect",
                    "host",
                    "keep-alive",
                    "origin",
                    "range",
                    "referer",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "user-agent",
                    "via");

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

    /** All but the method; of the fields of its request a preflight has the names of some. */
    boolean hold(RequestHead request, boolean preflight) {
        for (Named each : query) {
            if (!ofQuery(each, request.target())) {
                return false;
            }
        }
        if (preflight) {
            return mayHold(request.headers());
        }
        for (Named each : headers) {
            if (!ofHeaders(each, request.headers())) {
                return false;
            }
        }
        return accept == null || accepts(request.headers(), accept);
    }

    /** Whether the request that a browser asks about may have the fields it must have. */
    private boolean mayHold(Headers asked) {
        for (Named each : headers) {
            if (told(each.name, asked)
                    && asked.hasToken(ASKED_HEADERS, each.name) == each.match.absent()) {
                return false;
            }
        }
        return true;
    }

    /** Whether it would be told; not what a proxy, as this one, has added to this request too. */
    private static boolean told(String name, Headers asked) {
        return !UNTOLD.contains(name)
                && !name.startsWith("sec-")
                && !name.startsWith("proxy-")
                && !asked.contains(name);
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
