package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;

/**
 * Which roles, or scopes, a caller must have.
 *
 * @param any one of these, if there are any
 * @param all every one of these
 */
public record NameRule(List<String> any, List<String> all) {
    public static final NameRule NONE = new NameRule(List.of(), List.of());

    public NameRule {
        any = List.copyOf(any);
        all = List.copyOf(all);
        for (List<String> names : List.of(any, all)) {
            for (String name : names) {
                if (name.isBlank()) {
                    throw new IllegalArgumentException("a role or scope must not be empty");
                }
            }
        }
    }

    public static final Schema<NameRule> SCHEMA =
            Schema.record(
                    "NameRule",
                    "Roles, or scopes, that a caller must have.",
                    f ->
                            said(
                                    new NameRule(
                                            names(f, "any", "one of these"),
                                            names(f, "all", "all of these"))));

    private static List<String> names(Fields f, String name, String help) {
        return f.optional(name, Schemas.list(Schemas.text()), List.of(), help);
    }

    /** A list that a template left empty must not open the route to every caller. */
    private static NameRule said(NameRule rule) {
        if (rule.isEmpty()) {
            throw new IllegalArgumentException(
                    "name at least one under any or all, or leave the rule out");
        }
        return rule;
    }

    boolean isEmpty() {
        return any.isEmpty() && all.isEmpty();
    }

    /** Tells whether a caller has a name. */
    interface Held {
        boolean has(String name);
    }

    boolean isMet(Held held) {
        for (int i = 0; i < all.size(); i++) {
            if (!held.has(all.get(i))) {
                return false;
            }
        }
        for (int i = 0; i < any.size(); i++) {
            if (held.has(any.get(i))) {
                return true;
            }
        }
        return any.isEmpty();
    }

    @Override
    public String toString() {
        return "any of " + any + ", all of " + all;
    }
}
