package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.Authority;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import org.jspecify.annotations.Nullable;

/** Another path or host for the upstream; one of the ways for the path, or none. */
public record RewriteConfig(
        @Nullable String prefix,
        @Nullable String path,
        @Nullable String regex,
        @Nullable String replacement,
        @Nullable String host) {
    public static final Schema<RewriteConfig> SCHEMA =
            Schema.record(
                    "RewriteConfig",
                    "Another path or host for the upstream; the query stays.",
                    f ->
                            new RewriteConfig(
                                    f.nullable(
                                            "prefix",
                                            Schemas.text(),
                                            "takes the place of the prefix that the route matched"),
                                    f.nullable(
                                            "path",
                                            Schemas.text(),
                                            "the whole path, with {name} for what that stood for in"
                                                    + " the route's template"),
                                    f.nullable(
                                            "regex",
                                            Schemas.text(),
                                            "a regular expression (RE2) to look for in the path"),
                                    f.nullable(
                                            "replacement",
                                            Schemas.text(),
                                            "what takes the place of what 'regex' finds first, with"
                                                    + " $1 to $9 for its groups"),
                                    f.nullable(
                                            "host",
                                            Schemas.text(),
                                            "the Host field, which else is the client's")));

    public RewriteConfig {
        int ways = (prefix == null ? 0 : 1) + (path == null ? 0 : 1) + (regex == null ? 0 : 1);
        if (ways > 1 || ways == 0 && host == null) {
            throw new IllegalArgumentException(
                    "say one of 'prefix', 'path' and 'regex', or 'host', or one and the host");
        }
        if ((regex == null) != (replacement == null)) {
            throw new IllegalArgumentException("'regex' and 'replacement' go together");
        }
        if (host != null && !Authority.isValid(host)) {
            throw new IllegalArgumentException("'" + host + "' is no host, with or without a port");
        }
    }

    /** Null if the path stays. */
    @Nullable PathChange change(MatchConfig match) {
        if (prefix != null) {
            return PathChange.ofPrefix(prefix, match);
        }
        if (path != null) {
            return PathChange.ofTemplate(path, match);
        }
        return regex == null || replacement == null ? null : PathChange.ofRegex(regex, replacement);
    }
}
