package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.Authority;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends the client elsewhere; what is not said stays as it was asked for. */
public record RedirectConfig(
        int status,
        @Nullable String scheme,
        @Nullable String host,
        @Nullable Integer port,
        @Nullable String prefix,
        @Nullable String path,
        boolean query) {
    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    public static final Schema<RedirectConfig> SCHEMA =
            Schema.record(
                    "RedirectConfig",
                    "Sends the client elsewhere; what is not said stays as it was asked for.",
                    f ->
                            new RedirectConfig(
                                    f.optional(
                                            "status",
                                            Schemas.integer(301, 308),
                                            302,
                                            "301 or 308 for good, 302 or 307 for now, 303 to a GET;"
                                                    + " 307 and 308 keep the method"),
                                    f.nullable("scheme", Schemas.text(), "http or https"),
                                    f.nullable("host", Schemas.text(), "name without port"),
                                    f.nullable("port", Schemas.integer(1, 65535), "another port"),
                                    f.nullable(
                                            "prefix",
                                            Schemas.text(),
                                            "takes the place of the prefix that the route matched"),
                                    f.nullable(
                                            "path",
                                            Schemas.text(),
                                            "the whole path, with {name} for what that stood for in"
                                                    + " the route's template"),
                                    f.optional(
                                            "query",
                                            Schemas.bool(),
                                            true,
                                            "whether the query goes along")));

    public RedirectConfig {
        if (!STATUSES.contains(status)) {
            throw new IllegalArgumentException("status must be one of 301, 302, 303, 307, 308");
        }
        if (scheme != null && !scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("scheme must be http or https");
        }
        if (host != null && (!Authority.isValid(host) || host.matches("[^\\[]*:.*|\\[.*\\]:.*"))) {
            throw new IllegalArgumentException("'" + host + "' is no host without a port");
        }
        if (prefix != null && path != null) {
            throw new IllegalArgumentException("say 'prefix' or 'path', not both");
        }
        if (scheme == null && host == null && port == null && prefix == null && path == null) {
            throw new IllegalArgumentException(
                    "say what is different there: scheme, host, port, prefix or path");
        }
    }

    /** Null if the path stays. */
    @Nullable PathChange change(MatchConfig match) {
        if (prefix != null) {
            return PathChange.ofPrefix(prefix, match);
        }
        return path == null ? null : PathChange.ofTemplate(path, match);
    }
}
