package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.auth.AccessRule.Effect;
import dev.outrider.sidecar.http.SafePath;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The access rules, compiled. Pure; a decision allocates nothing unless namespaces are asked for.
 */
public final class AccessRules {
    private final Rule[] denies;
    private final Rule[] allows;
    private final Rule[] audits;
    private final MtlsMode mode;
    private final String trustDomain;
    private final boolean onPaths;

    public AccessRules(AccessConfig config, MtlsMode mode, String trustDomain) {
        List<Rule> rules =
                IntStream.range(0, config.rules().size())
                        .mapToObj(i -> Rule.of(config.rules().get(i), i))
                        .toList();
        this.denies = only(rules, Effect.DENY);
        this.allows = only(rules, Effect.ALLOW);
        this.audits = only(rules, Effect.AUDIT);
        this.mode = mode;
        this.trustDomain = trustDomain;
        this.onPaths = config.rules().stream().anyMatch(rule -> !rule.paths().isEmpty());
    }

    /** {@code rule} is the one that decided, empty if none matched and the default holds. */
    public record Decision(boolean allowed, String rule) {
        private static final Decision DEFAULT_ALLOWED = new Decision(true, "");
        private static final Decision DEFAULT_DENIED = new Decision(false, "");
    }

    /** Whether any rule looks at paths, so that only {@link SafePath normal} ones may be judged. */
    boolean onPaths() {
        return onPaths;
    }

    /** Deny wins, then allow; then nothing is allowed if there are allow rules. */
    public Decision decide(
            @Nullable SpiffeId id, String method, String path, Map<String, Object> claims) {
        for (Rule rule : denies) {
            if (rule.matches(id, method, path, claims)) {
                return rule.decision;
            }
        }
        for (Rule rule : allows) {
            if (rule.matches(id, method, path, claims)) {
                return rule.decision;
            }
        }
        boolean allowed = allows.length == 0 && allowedByDefault(id);
        return allowed ? Decision.DEFAULT_ALLOWED : Decision.DEFAULT_DENIED;
    }

    /**
     * The same for a connection whose bytes are passed through unread, so that nothing is known of
     * requests in it: a rule that looks at them denies as if they matched, and never allows. Where
     * callers must prove who they are, no rule lets one in that has not.
     */
    public Decision decideConnection(@Nullable SpiffeId id) {
        if (id == null && mode == MtlsMode.STRICT) {
            return Decision.DEFAULT_DENIED;
        }
        for (Rule rule : denies) {
            if (rule.matchesPeer(id)) {
                return rule.decision;
            }
        }
        for (Rule rule : allows) {
            if (!rule.onRequests() && rule.matchesPeer(id)) {
                return rule.decision;
            }
        }
        boolean allowed = allows.length == 0 && allowedByDefault(id);
        return allowed ? Decision.DEFAULT_ALLOWED : Decision.DEFAULT_DENIED;
    }

    /** Tells each audit rule that matches, with its place among {@link #auditNames}. */
    void audit(
            @Nullable SpiffeId id,
            String method,
            String path,
            Map<String, Object> claims,
            ObjIntConsumer<String> matched) {
        for (int i = 0; i < audits.length; i++) {
            if (audits[i].matches(id, method, path, claims)) {
                matched.accept(audits[i].decision.rule, i);
            }
        }
    }

    List<String> auditNames() {
        return java.util.Arrays.stream(audits).map(rule -> rule.decision.rule).toList();
    }

    private boolean allowedByDefault(@Nullable SpiffeId id) {
        return id == null ? mode == MtlsMode.PERMISSIVE : id.trustDomain().equals(trustDomain);
    }

    private static Rule[] only(List<Rule> rules, Effect effect) {
        return rules.stream().filter(rule -> rule.effect == effect).toArray(Rule[]::new);
    }

    private record Rule(
            Effect effect,
            Decision decision,
            IdentityPattern[] from,
            String[] namespaces,
            String[] methods,
            PathPattern[] paths,
            ClaimTest[] claims) {

        static Rule of(AccessRule rule, int index) {
            String name = rule.name().isEmpty() ? "#" + (index + 1) : rule.name();
            return new Rule(
                    rule.effect(),
                    new Decision(rule.effect() == Effect.ALLOW, name),
                    rule.from().stream()
                            .map(IdentityPattern::parse)
                            .toArray(IdentityPattern[]::new),
                    rule.namespaces().toArray(String[]::new),
                    rule.methods().toArray(String[]::new),
                    rule.paths().stream().map(PathPattern::parse).toArray(PathPattern[]::new),
                    rule.claims().entrySet().stream()
                            .map(each -> new ClaimTest(each.getKey(), each.getValue()))
                            .toArray(ClaimTest[]::new));
        }

        boolean matches(
                @Nullable SpiffeId id, String method, String path, Map<String, Object> token) {
            return matchesPeer(id)
                    && (methods.length == 0 || contains(methods, method))
                    && pathMatches(path)
                    && claimsMatch(token);
        }

        boolean matchesPeer(@Nullable SpiffeId id) {
            return fromMatches(id) && namespaceMatches(id);
        }

        boolean onRequests() {
            return methods.length > 0 || paths.length > 0 || claims.length > 0;
        }

        private boolean fromMatches(@Nullable SpiffeId id) {
            if (from.length == 0) {
                return true;
            }
            if (id != null) {
                for (IdentityPattern pattern : from) {
                    if (pattern.matches(id)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private boolean namespaceMatches(@Nullable SpiffeId id) {
            if (namespaces.length == 0) {
                return true;
            }
            String namespace = id == null ? null : id.namespace();
            return namespace != null && contains(namespaces, namespace);
        }

        private boolean pathMatches(String path) {
            for (PathPattern pattern : paths) {
                if (pattern.matches(path)) {
                    return true;
                }
            }
            return paths.length == 0;
        }

        private boolean claimsMatch(Map<String, Object> token) {
            for (ClaimTest test : claims) {
                if (!test.holds(token.get(test.name))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean contains(String[] members, String wanted) {
            for (String member : members) {
                if (member.equals(wanted)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A claim with several values (a list) satisfies with any of them. */
    private record ClaimTest(String name, List<String> wanted) {
        boolean holds(@Nullable Object claim) {
            return switch (claim) {
                case null -> false;
                case String text -> wanted.contains(text);
                case Number number -> wanted.contains(number.toString());
                case Boolean flag -> wanted.contains(flag.toString());
                case Collection<?> several -> several.stream().anyMatch(this::holds);
                default -> false;
            };
        }
    }
}
