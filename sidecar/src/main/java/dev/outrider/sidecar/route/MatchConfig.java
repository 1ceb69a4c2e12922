package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.Authority;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a route has: those of which all of it is true.
 *
 * @param hosts in lower case, {@code *.} before a name for all below it; empty for any
 * @param path null for any
 * @param methods empty for any; GET includes HEAD
 * @param headers by name in lower case
 * @param accept a media type that the Accept field must name; null for any
 */
public record MatchConfig(
        List<String> hosts,
        @Nullable PathMatchConfig path,
        List<String> methods,
        Map<String, TextMatchConfig> headers,
        Map<String, TextMatchConfig> query,
        @Nullable String accept) {
    /** Everything. */
    public static final MatchConfig ANY =
            new MatchConfig(List.of(), null, List.of(), Map.of(), Map.of(), null);

    public static final Schema<MatchConfig> SCHEMA =
            Schema.record(
                    "MatchConfig",
                    "Which requests a route has: those of which all of this is true.",
                    f ->
                            new MatchConfig(
                                    f.optional(
                                            "hosts",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "names without port; '*.example.com' for all names"
                                                    + " below example.com; none for any host"),
                                    f.nullable(
                                            "path", PathMatchConfig.SCHEMA, "the path, else any"),
                                    f.optional(
                                            "methods",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "methods, GET with HEAD; none for any. A request of"
                                                    + " which only the method is wrong gets 405"),
                                    f.optional(
                                            "headers",
                                            Schemas.map(TextMatchConfig.SCHEMA),
                                            Map.of(),
                                            "what these header fields must be"),
                                    f.optional(
                                            "query",
                                            Schemas.map(TextMatchConfig.SCHEMA),
                                            Map.of(),
                                            "what these query parameters must be"),
                                    f.nullable(
                                            "accept",
                                            Schemas.text(),
                                            "a media type that the Accept field names, such as"
                                                    + " application/vnd.shop.v2+json; a version of"
                                                    + " an API")));

    public MatchConfig {
        hosts = hosts.stream().map(MatchConfig::host).distinct().toList();
        methods = List.copyOf(methods);
        Map<String, TextMatchConfig> lower = new LinkedHashMap<>();
        headers.forEach((name, match) -> {
            if (name.isEmpty() || !name.chars().allMatch(Fields::isToken)) {
                throw new IllegalArgumentException("'" + name + "' is no name of a header field");
            }
            lower.put(name.toLowerCase(Locale.ROOT), match);
        });
        headers = Map.copyOf(lower);
        query = Map.copyOf(query);
        accept = accept == null ? null : accept.toLowerCase(Locale.ROOT);
        for (String method : methods) {
            if (method.isEmpty()
                    || !method.chars()
                            .allMatch(c -> Fields.isToken(c) && !(c >= 'a' && c <= 'z'))) {
                throw new IllegalArgumentException(
                        "'" + method + "' is no method; they are in capitals, such as GET");
            }
        }
        if (accept != null && !accept.matches("[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")) {
            throw new IllegalArgumentException(
                    "accept must be one media type without parameters, such as"
                            + " application/vnd.shop.v2+json");
        }
    }

    private static String host(String host) {
        String name = host.startsWith("*.") ? host.substring(2) : host;
        if (!Authority.isValid(name)
                || name.matches("[^\\[]*:.*|\\[.*\\]:.*")
                || name.endsWith(".")) {
            throw new IllegalArgumentException(
                    "'"
                            + host
                            + "' is no host; write a name or address without port, or"
                            + " '*.example.com' for all names below example.com");
        }
        return host.toLowerCase(Locale.ROOT);
    }

    /** The conditions beside host and path. */
    int conditions() {
        return (methods.isEmpty() ? 0 : 1)
                + headers.size()
                + query.size()
                + (accept == null ? 0 : 1);
    }
}
