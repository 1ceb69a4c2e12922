package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a claim stands. A name with dots is first looked for as it is, since issuers name claims by
 * URLs, then member by member: {@code realm_access.roles}.
 */
public record ClaimPath(String text, List<String> steps) {
    private static final int LONGEST = 200;

    public static final Schema<ClaimPath> SCHEMA =
            Schemas.scalar(
                    "claim",
                    Map.of("type", "string", "minLength", 1),
                    new ClaimPath("sub"),
                    ClaimPath::new);

    public ClaimPath {
        if (text.isBlank() || text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "expected the name of a claim, such as roles or realm_access.roles");
        }
        steps = List.copyOf(steps);
    }

    public ClaimPath(String text) {
        this(text, List.of(text.split("\\.", -1)));
    }

    public @Nullable Object find(Map<String, ?> claims) {
        Object whole = claims.get(text);
        if (whole != null || steps.size() == 1) {
            return whole;
        }
        Object at = claims;
        for (String step : steps) {
            if (!(at instanceof Map<?, ?> members)) {
                return null;
            }
            at = members.get(step);
        }
        return at;
    }

    /** The claim as a lone text: a string, a whole number or a truth value; else null. */
    public @Nullable String findText(Map<String, ?> claims) {
        return text(find(claims));
    }

    /** Whether the claim, or a member of it if it is a list, is one of the values. */
    boolean hasOneOf(Map<String, ?> claims, List<String> values) {
        Object found = find(claims);
        if (!(found instanceof Iterable<?> members)) {
            return isOneOf(found, values);
        }
        for (Object member : members) {
            if (isOneOf(member, values)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOneOf(@Nullable Object claim, List<String> values) {
        String text = text(claim);
        return text != null && values.contains(text);
    }

    private static @Nullable String text(@Nullable Object claim) {
        return switch (claim) {
            case String text -> text;
            case Boolean truth -> truth.toString();
            case Integer number -> number.toString();
            case Long number -> number.toString();
            case null, default -> null;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
