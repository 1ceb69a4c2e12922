package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A limit that holds somewhere, such as on a route.
 *
 * @param cost units a request takes there, 0 for what the limit says
 */
public record LimitUse(String name, int cost) {
    private static final String FORM = "^([a-z0-9][a-z0-9-]{0,62})(?:\\*([1-9][0-9]{0,5}))?$";
    private static final Pattern PATTERN = Pattern.compile(FORM);

    public static final Schema<LimitUse> SCHEMA =
            Schemas.scalar(
                    "limit or limit*cost",
                    Map.of("type", "string", "pattern", FORM),
                    new LimitUse("per-client", 0),
                    LimitUse::parse);

    public static LimitUse parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected the name of a limit, or with a cost of its own such as per-key*5");
        }
        String cost = matcher.group(2);
        return new LimitUse(matcher.group(1), cost == null ? 0 : Integer.parseInt(cost));
    }

    /** Whether it is the same limit, at whatever cost. */
    public boolean sameLimit(LimitUse other) {
        return name.equals(other.name);
    }

    @Override
    public String toString() {
        return cost == 0 ? name : name + "*" + cost;
    }
}
