package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One access rule: what it does with the requests it matches. A request matches if it satisfies
 * every part that is not empty, and a part is satisfied by any one of its members.
 *
 * @param name how logs and metrics call it
 * @param from SPIFFE ids, see {@link IdentityPattern}
 * @param claims values of which the token's claim must have one, by claim
 */
public record AccessRule(
        String name,
        Effect effect,
        List<String> from,
        List<String> namespaces,
        List<String> methods,
        List<String> paths,
        Map<String, List<String>> claims) {

    /** What a match means. */
    public enum Effect {
        ALLOW,
        /** Wins over every allow. */
        DENY,
        /** Changes nothing; matches are counted and logged. */
        AUDIT
    }

    public AccessRule {
        from = List.copyOf(from);
        namespaces = List.copyOf(namespaces);
        methods = List.copyOf(methods);
        paths = List.copyOf(paths);
        claims = Map.copyOf(claims);
        from.forEach(IdentityPattern::parse);
        paths.forEach(PathPattern::parse);
        for (String method : methods) {
            if (method.isEmpty()
                    || !method.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c == '-')) {
                throw new IllegalArgumentException(
                        "method '" + method + "' must be in upper case, for example GET");
            }
        }
        if (claims.values().stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("name at least one value for each claim");
        }
    }

    /** The part under {@code allow}, {@code deny} or {@code audit}. */
    private record Match(
            List<String> from,
            List<String> namespaces,
            List<String> methods,
            List<String> paths,
            Map<String, List<String>> claims) {
        static final Schema<Match> SCHEMA =
                Schema.record(
                        "AccessMatch",
                        "Which requests; empty parts match all.",
                        f ->
                                new Match(
                                        texts(
                                                f,
                                                "from",
                                                "SPIFFE ids; * is one segment, at the end any"
                                                        + " number"),
                                        texts(f, "namespaces", "namespaces of the caller's id"),
                                        texts(f, "methods", "request methods"),
                                        texts(f, "paths", "paths; /x/* is /x and all below it"),
                                        f.optional(
                                                "claims",
                                                Schemas.map(Schemas.list(Schemas.text())),
                                                Map.of(),
                                                "values of the token's claims")));

        private static List<String> texts(
                dev.outrider.sidecar.schema.Fields f, String name, String help) {
            return f.optional(name, Schemas.list(Schemas.text()), List.of(), help);
        }
    }

    public static final Schema<AccessRule> SCHEMA =
            Schema.record(
                    "AccessRule",
                    "Allows, denies or audits requests; a deny wins over every allow.",
                    f -> {
                        String name =
                                f.optional(
                                        "name", Schemas.text(), "", "how logs and metrics call it");
                        Match allow = f.nullable("allow", Match.SCHEMA, "requests let through");
                        Match deny = f.nullable("deny", Match.SCHEMA, "requests refused");
                        Match audit =
                                f.nullable("audit", Match.SCHEMA, "requests counted and logged");
                        return of(name, allow, deny, audit);
                    });

    private static AccessRule of(
            String name, @Nullable Match allow, @Nullable Match deny, @Nullable Match audit) {
        if (allow != null && deny == null && audit == null) {
            return of(name, Effect.ALLOW, allow);
        }
        if (deny != null && allow == null && audit == null) {
            return of(name, Effect.DENY, deny);
        }
        if (audit != null && allow == null && deny == null) {
            return of(name, Effect.AUDIT, audit);
        }
        throw new IllegalArgumentException("a rule has exactly one of allow, deny and audit");
    }

    private static AccessRule of(String name, Effect effect, Match match) {
        return new AccessRule(
                name,
                effect,
                match.from,
                match.namespaces,
                match.methods,
                match.paths,
                match.claims);
    }
}
