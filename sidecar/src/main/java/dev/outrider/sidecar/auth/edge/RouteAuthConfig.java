package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;

/**
 * Who may call a route.
 *
 * @param jwt issuers whose tokens are accepted, by name
 * @param apiKey whether API keys are
 * @param anonymous whether a request without any credential passes; one with a bad one never does
 * @param keepCredentials whether the service behind sees them
 */
public record RouteAuthConfig(
        List<String> jwt,
        boolean apiKey,
        CertificateUse certificate,
        boolean anonymous,
        boolean keepCredentials,
        NameRule roles,
        NameRule scopes) {
    public RouteAuthConfig {
        jwt = List.copyOf(jwt);
        if (jwt.isEmpty() && !apiKey && certificate == CertificateUse.IGNORED && !anonymous) {
            throw new IllegalArgumentException(
                    "say who may call: jwt, apiKey or certificate; or 'anonymous: true' for"
                            + " everybody");
        }
        if (anonymous && certificate == CertificateUse.REQUIRED) {
            throw new IllegalArgumentException(
                    "a caller with a certificate is not anonymous; leave one of both out");
        }
        if (anonymous && !(roles.isEmpty() && scopes.isEmpty())) {
            throw new IllegalArgumentException(
                    "an anonymous caller has no roles and no scopes; leave 'anonymous' out");
        }
    }

    public static final Schema<RouteAuthConfig> SCHEMA =
            Schema.record(
                    "RouteAuthConfig",
                    "Who may call a route. A request shows one credential at most; two are refused.",
                    f ->
                            new RouteAuthConfig(
                                    f.optional(
                                            "jwt",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "issuers whose tokens are accepted, by their names"
                                                    + " under the edge's auth.jwt.issuers"),
                                    f.optional(
                                            "apiKey",
                                            Schemas.bool(),
                                            false,
                                            "whether API keys are accepted"),
                                    f.optional(
                                            "certificate",
                                            Schemas.oneOf(CertificateUse.class),
                                            CertificateUse.IGNORED,
                                            "what a client's certificate is good for: nothing;"
                                                    + " accepted, where no token or key says who"
                                                    + " calls; or required besides them"),
                                    f.optional(
                                            "anonymous",
                                            Schemas.bool(),
                                            false,
                                            "whether a request without a credential passes; one"
                                                    + " with a bad credential never does"),
                                    f.optional(
                                            "keepCredentials",
                                            Schemas.bool(),
                                            false,
                                            "whether the service behind sees Authorization, the"
                                                    + " API key and the tokens' cookies"),
                                    rule(f, "roles"),
                                    rule(f, "scopes")));

    /** Told apart from one without a name, which is refused. */
    private static NameRule rule(Fields f, String name) {
        NameRule said = f.nullable(name, NameRule.SCHEMA, name + " a caller must have, else 403");
        return said == null ? NameRule.NONE : said;
    }
}
