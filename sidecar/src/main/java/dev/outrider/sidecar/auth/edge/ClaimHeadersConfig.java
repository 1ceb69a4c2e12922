package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.ClaimPath;
import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * By which fields the service behind learns who calls. A name is empty where it is not to be told.
 *
 * @param others fields for further claims
 * @param longest characters of a value
 */
public record ClaimHeadersConfig(
        String user,
        String issuer,
        String roles,
        String scopes,
        String tenant,
        Map<String, ClaimPath> others,
        int longest) {
    /** Without {@code _}, which many servers read as {@code -}. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /** What claims must not overwrite: framing, routing, and what the proxy itself says. */
    private static final Set<String> TAKEN =
            Set.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "upgrade",
                    "te",
                    "trailer",
                    "expect",
                    "cookie",
                    "authorization");

    public static final ClaimHeadersConfig DEFAULTS =
            new ClaimHeadersConfig(
                    "X-Auth-User",
                    "X-Auth-Issuer",
                    "X-Auth-Roles",
                    "X-Auth-Scopes",
                    "X-Auth-Tenant",
                    Map.of(),
                    1024);

    public ClaimHeadersConfig {
        others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
        List<String> names = named(user, issuer, roles, scopes, tenant, others);
        for (String name : names) {
            if (!NAME.matcher(name).matches() || TAKEN.contains(name)) {
                throw new IllegalArgumentException(
                        "'"
                                + name
                                + "' cannot be a field for claims; take one such as X-Auth-User");
            }
        }
        if (names.stream().distinct().count() != names.size()) {
            throw new IllegalArgumentException("two claims go to the same field");
        }
        if (longest < 16 || longest > 8192) {
            throw new IllegalArgumentException("longest must be from 16 to 8192");
        }
    }

    /** All fields in use, in lower case. */
    List<String> names() {
        return named(user, issuer, roles, scopes, tenant, others);
    }

    private static List<String> named(
            String user,
            String issuer,
            String roles,
            String scopes,
            String tenant,
            Map<String, ClaimPath> others) {
        List<String> names = new ArrayList<>(List.of(user, issuer, roles, scopes, tenant));
        names.removeIf(String::isEmpty);
        names.addAll(others.keySet());
        names.replaceAll(name -> name.toLowerCase(Locale.ROOT));
        return names;
    }

    public static final Schema<ClaimHeadersConfig> SCHEMA =
            Schema.record(
                    "ClaimHeadersConfig",
                    "Fields by which the service behind learns who calls. From outside they are"
                            + " always taken out. Empty: not told.",
                    f ->
                            new ClaimHeadersConfig(
                                    field(f, "user", DEFAULTS.user, "the caller's name"),
                                    field(
                                            f,
                                            "issuer",
                                            DEFAULTS.issuer,
                                            "who vouches for that name: a token's issuer, or"
                                                    + " 'api-key', or 'client-certificate'"),
                                    field(f, "roles", DEFAULTS.roles, "roles, with commas"),
                                    field(f, "scopes", DEFAULTS.scopes, "scopes, with blanks"),
                                    field(f, "tenant", DEFAULTS.tenant, "the customer"),
                                    f.optional(
                                            "others",
                                            Schemas.map(ClaimPath.SCHEMA),
                                            Map.of(),
                                            "by field, a further claim: X-Auth-Email: email"),
                                    f.optional(
                                            "longest",
                                            Schemas.integer(16, 8192),
                                            DEFAULTS.longest,
                                            "characters of a value at most; lists are cut at a"
                                                    + " name, other values left out")));

    private static String field(Fields f, String name, String fallback, String help) {
        return f.optional(name, Schemas.text(), fallback, "field for " + help);
    }
}
