package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.schema.Schema;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which claims of an issuer say what the edge asks of every caller. They are copied to the fixed
 * names {@link #ROLES}, {@link #SCOPE}, {@link #TENANT} and {@link #TIER}, and whatever else stood
 * under those names is dropped: a claim that nobody named may be one that users choose themselves.
 */
public record ClaimNames(
        ClaimPath subject, ClaimPath roles, ClaimPath scopes, ClaimPath tenant, ClaimPath tier) {
    /** In a caller's claims: a {@link NameList}. */
    public static final String ROLES = "roles";

    /** In a caller's claims: scopes with blanks between. */
    public static final String SCOPE = "scope";

    /** In a caller's claims: text. */
    public static final String TENANT = "tenant";

    /** In a caller's claims: text. */
    public static final String TIER = "tier";

    /** Of a tenant or tier; both become keys of counters. */
    private static final int LONGEST = 128;

    public static final ClaimNames DEFAULTS =
            new ClaimNames(
                    new ClaimPath("sub"),
                    new ClaimPath(ROLES),
                    new ClaimPath(SCOPE),
                    new ClaimPath(TENANT),
                    new ClaimPath(TIER));

    public static final Schema<ClaimNames> SCHEMA =
            Schema.record(
                    "ClaimNames",
                    "Which claims say who calls and what he may. A name with dots leads into"
                            + " nested claims, such as realm_access.roles.",
                    f ->
                            new ClaimNames(
                                    f.optional(
                                            "subject",
                                            ClaimPath.SCHEMA,
                                            DEFAULTS.subject,
                                            "names the caller; must be in every token"),
                                    f.optional(
                                            "roles",
                                            ClaimPath.SCHEMA,
                                            DEFAULTS.roles,
                                            "a list of roles, or one"),
                                    f.optional(
                                            "scopes",
                                            ClaimPath.SCHEMA,
                                            DEFAULTS.scopes,
                                            "scopes with blanks between, or a list; 'scp' with"
                                                    + " some issuers"),
                                    f.optional(
                                            "tenant",
                                            ClaimPath.SCHEMA,
                                            DEFAULTS.tenant,
                                            "the customer the caller belongs to"),
                                    f.optional(
                                            "tier",
                                            ClaimPath.SCHEMA,
                                            DEFAULTS.tier,
                                            "the subscription that limits go by")));

    /** The caller with its claims under the fixed names. */
    Caller normal(Caller caller) {
        Map<String, Object> claims = new LinkedHashMap<>(caller.claims());
        for (String name : new String[] {ROLES, SCOPE, TENANT, TIER}) {
            claims.remove(name);
        }
        Map<String, Object> said = caller.claims();
        NameList held = NameList.ofRoles(roles.find(said));
        if (!held.isEmpty()) {
            claims.put(ROLES, held);
        }
        NameList granted = NameList.ofScopes(scopes.find(said));
        if (!granted.isEmpty()) {
            claims.put(SCOPE, granted.blanks());
        }
        put(claims, TENANT, tenant.findText(said));
        put(claims, TIER, tier.findText(said));
        return new Caller(
                caller.subject(),
                caller.issuer(),
                caller.tokenId(),
                Collections.unmodifiableMap(claims));
    }

    private static void put(Map<String, Object> claims, String name, @Nullable String text) {
        if (text != null && !text.isEmpty() && text.length() <= LONGEST) {
            claims.put(name, text);
        }
    }
}
