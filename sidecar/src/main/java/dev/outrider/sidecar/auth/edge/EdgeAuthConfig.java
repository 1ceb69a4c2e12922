package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.EdgeJwtConfig;
import dev.outrider.sidecar.auth.keys.ApiKeysConfig;
import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whom the edge can tell apart; what a route makes of it is its {@link RouteAuthConfig}.
 *
 * @param jwt null if no tokens are accepted anywhere
 * @param apiKeys null if no keys are
 * @param certificates what clients may do, by the SHA-256 of their certificate in lower-case
 *     hexadecimal, its SPIFFE id or its subject
 * @param forwardCertificate whether the service behind is told of a client's certificate
 * @param realm what challenges call this edge
 * @param strip further fields that callers must not send
 */
public record EdgeAuthConfig(
        @Nullable EdgeJwtConfig jwt,
        @Nullable ApiKeysConfig apiKeys,
        Map<String, CertificateConfig> certificates,
        boolean forwardCertificate,
        ClaimHeadersConfig headers,
        String realm,
        List<String> strip) {
    private static final Pattern REALM = Pattern.compile("[A-Za-z0-9 ._:/-]{1,64}");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9-]{1,64}");

    public static final EdgeAuthConfig DEFAULTS =
            new EdgeAuthConfig(
                    null, null, Map.of(), true, ClaimHeadersConfig.DEFAULTS, "edge", List.of());

    public EdgeAuthConfig {
        certificates = Collections.unmodifiableMap(new LinkedHashMap<>(certificates));
        strip = List.copyOf(strip);
        PartChecks checks = new PartChecks();
        if (!REALM.matcher(realm).matches()) {
            checks.add(
                    PartPath.of("realm"),
                    "realm must be 1 to 64 letters, digits and the like; clients see it");
        }
        for (int i = 0; i < strip.size(); i++) {
            if (!FIELD.matcher(strip.get(i)).matches()) {
                checks.add(
                        PartPath.of("strip").item(i),
                        "'" + strip.get(i) + "' under strip is no field; '_' is covered by '-'");
            }
        }
        if (apiKeys != null && headers.names().contains(apiKeys.header())) {
            checks.add(
                    PartPath.of("apiKeys", "header"),
                    "the API key's field is also one for claims; name another here or in headers");
        }
        checks.refuse();
    }

    /** Refuses a route that accepts what this edge cannot judge; the parts are the route's. */
    public void check(RouteAuthConfig route) {
        PartChecks checks = new PartChecks();
        for (int i = 0; i < route.jwt().size(); i++) {
            String name = route.jwt().get(i);
            if (jwt == null || !jwt.issuers().containsKey(name)) {
                checks.add(
                        PartPath.of("jwt").item(i),
                        "there is no issuer '"
                                + name
                                + "' under auth.jwt.issuers"
                                + (jwt == null ? "" : ", only " + jwt.issuers().keySet()));
            }
        }
        if (route.apiKey() && apiKeys == null) {
            checks.add(
                    PartPath.of("apiKey"),
                    "a route accepts API keys, so say under auth.apiKeys where they are kept");
        }
        checks.refuse();
    }

    public static final Schema<EdgeAuthConfig> SCHEMA =
            Schema.record(
                    "EdgeAuthConfig",
                    "Whom the edge can tell apart. Each route says whom it lets in.",
                    f ->
                            new EdgeAuthConfig(
                                    f.nullable("jwt", EdgeJwtConfig.SCHEMA, "issuers of tokens"),
                                    f.nullable(
                                            "apiKeys",
                                            ApiKeysConfig.SCHEMA,
                                            "API keys, and where they are kept"),
                                    f.optional(
                                            "certificates",
                                            Schemas.map(CertificateConfig.SCHEMA),
                                            Map.of(),
                                            "what clients may do, by their certificate's SHA-256"
                                                    + " in lower-case hex, SPIFFE id or subject"),
                                    f.optional(
                                            "forwardCertificate",
                                            Schemas.bool(),
                                            DEFAULTS.forwardCertificate,
                                            "whether the services behind are told in"
                                                    + " X-Forwarded-Client-Cert which certificate"
                                                    + " a client has shown, where https.tls asks"
                                                    + " for one; what clients say there is taken"
                                                    + " out either way"),
                                    f.optional(
                                            "headers",
                                            ClaimHeadersConfig.SCHEMA,
                                            ClaimHeadersConfig.DEFAULTS,
                                            "fields that tell the service behind who calls"),
                                    f.optional(
                                            "realm",
                                            Schemas.text(),
                                            DEFAULTS.realm,
                                            "what WWW-Authenticate calls this edge"),
                                    f.optional(
                                            "strip",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "further fields taken out of what comes from outside")));
}
