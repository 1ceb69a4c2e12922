package dev.outrider.sidecar.auth.edge;

import static dev.outrider.sidecar.schema.Plain.read;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.auth.EdgeJwtConfig;
import dev.outrider.sidecar.auth.IssuerConfig;
import dev.outrider.sidecar.auth.TokenAlgorithm;
import dev.outrider.sidecar.auth.TokenSource;
import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class EdgeAuthConfigTest {
    private static final Map<String, Object> JWKS = Map.of("file", "staff.jwks");
    private static final Map<String, Object> ISSUER =
            Map.of("issuer", "https://staff/", "audience", "api", "jwks", JWKS);

    private static Map<String, Object> issuer(Object... pairs) {
        Map<String, Object> issuer = new LinkedHashMap<>(ISSUER);
        for (int i = 0; i < pairs.length; i += 2) {
            issuer.put((String) pairs[i], pairs[i + 1]);
        }
        return issuer;
    }

    /** It would let everybody in, where a template has lost the names. */
    @Test
    void aRuleWithoutANameIsRefused() {
        for (Object rule : List.of(Map.of(), Map.of("any", List.of()))) {
            assertThatThrownBy(() -> read(NameRule.SCHEMA, rule))
                    .hasMessageContaining("name at least one under any or all");
        }
        assertThat(read(NameRule.SCHEMA, Map.of("any", List.of("a"))).isEmpty()).isFalse();
    }

    @Test
    void nothingMeansThatNobodyCanBeToldApart() {
        assertThat(read(EdgeAuthConfig.SCHEMA, Map.of())).isEqualTo(EdgeAuthConfig.DEFAULTS);
    }

    @Test
    void readsWhatIsSaidOfIssuersAndKeys() {
        EdgeAuthConfig config =
                read(
                        EdgeAuthConfig.SCHEMA,
                        Map.of(
                                "jwt",
                                Map.of(
                                        "issuers",
                                        Map.of(
                                                "staff",
                                                issuer(
                                                        "algorithms", List.of("PS256", "EdDSA"),
                                                        "leeway", "5s",
                                                        "cookie", "session",
                                                        "required",
                                                                Map.of(
                                                                        "email_verified",
                                                                        "true",
                                                                        "group",
                                                                        List.of("a", "b")),
                                                        "claims",
                                                                Map.of(
                                                                        "roles",
                                                                        "realm_access.roles"))),
                                        "denyList",
                                        Map.of("redis", "true")),
                                "apiKeys",
                                Map.of("file", "keys.json", "header", "X-Key"),
                                "headers",
                                Map.of("others", Map.of("X-Mail", "email"), "tenant", "")));
        EdgeJwtConfig jwt = requireNonNull(config.jwt());
        IssuerConfig staff = requireNonNull(jwt.issuers().get("staff"));
        assertThat(staff.algorithms()).containsExactly(TokenAlgorithm.PS256, TokenAlgorithm.EDDSA);
        assertThat(staff.leeway()).isEqualTo(Duration.ofSeconds(5));
        assertThat(staff.source()).isEqualTo(new TokenSource.Cookie("session"));
        assertThat(staff.required())
                .containsEntry("email_verified", List.of("true"))
                .containsEntry("group", List.of("a", "b"));
        assertThat(staff.claims().roles()).hasToString("realm_access.roles");
        assertThat(requireNonNull(config.apiKeys()).header()).isEqualTo("x-key");
        assertThat(requireNonNull(jwt.denyList()).redis()).isTrue();
        assertThat(config.headers().names()).contains("x-mail").doesNotContain("x-auth-tenant");
    }

    @Test
    void anIssuerNeedsItsNameItsAudienceAndItsKeys() {
        IssuerConfig plain = read(IssuerConfig.SCHEMA, ISSUER);
        assertThat(plain.source()).isEqualTo(TokenSource.AUTHORIZATION);
        assertThat(plain.algorithms()).isEqualTo(IssuerConfig.ALGORITHMS);
        Map<String, Object> any = issuer("anyAudience", "true");
        any.remove("audience");
        assertThat(read(IssuerConfig.SCHEMA, any).audiences()).isEmpty();
    }

    static Stream<Arguments> mistakes() {
        Map<String, Object> noAudience = issuer();
        noAudience.remove("audience");
        return Stream.of(
                Arguments.of(IssuerConfig.SCHEMA, noAudience, "name the audience"),
                Arguments.of(
                        IssuerConfig.SCHEMA, issuer("anyAudience", "true"), "name the audience"),
                Arguments.of(IssuerConfig.SCHEMA, issuer("issuer", " "), "name the issuer"),
                Arguments.of(IssuerConfig.SCHEMA, issuer("jwks", Map.of()), "file or url"),
                Arguments.of(
                        IssuerConfig.SCHEMA,
                        issuer("jwks", Map.of("url", "http://idp.example/keys")),
                        "must be https"),
                Arguments.of(
                        IssuerConfig.SCHEMA,
                        issuer("algorithms", List.of("HS256")),
                        "shared secret are never accepted"),
                Arguments.of(IssuerConfig.SCHEMA, issuer("algorithms", "none"), "never accepted"),
                Arguments.of(IssuerConfig.SCHEMA, issuer("header", "a", "cookie", "b"), "not both"),
                Arguments.of(IssuerConfig.SCHEMA, issuer("header", "x_token"), "must not hold '_'"),
                Arguments.of(IssuerConfig.SCHEMA, issuer("cookie", "a b"), "no cookie's name"),
                Arguments.of(IssuerConfig.SCHEMA, issuer("leeway", "10m"), "leeway"),
                Arguments.of(
                        IssuerConfig.SCHEMA,
                        issuer("required", Map.of("a", List.of())),
                        "at least one value"),
                Arguments.of(
                        EdgeAuthConfig.SCHEMA,
                        Map.of("jwt", Map.of("issuers", Map.of("a", ISSUER, "b", ISSUER))),
                        "cannot be told apart"),
                Arguments.of(
                        EdgeAuthConfig.SCHEMA, Map.of("apiKeys", Map.of()), "where the API keys"),
                Arguments.of(
                        EdgeAuthConfig.SCHEMA,
                        Map.of("apiKeys", Map.of("file", "k", "header", "Authorization")),
                        "a field of the keys' own"),
                Arguments.of(
                        EdgeAuthConfig.SCHEMA,
                        Map.of("headers", Map.of("user", "Host")),
                        "cannot be a field for claims"),
                Arguments.of(
                        EdgeAuthConfig.SCHEMA,
                        Map.of("headers", Map.of("user", "X-A", "roles", "x-a")),
                        "the same field"),
                Arguments.of(EdgeAuthConfig.SCHEMA, Map.of("realm", "a\"b"), "realm"),
                Arguments.of(RouteAuthConfig.SCHEMA, Map.of(), "say who may call"),
                Arguments.of(
                        RouteAuthConfig.SCHEMA,
                        Map.of("anonymous", "true", "roles", Map.of("any", "a")),
                        "anonymous"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakesAreSaidInASentence(Schema<?> schema, Object plain, String sentence) {
        assertThatThrownBy(() -> read(schema, plain)).hasMessageContaining(sentence);
    }

    @Test
    void describesItselfForTheReference() {
        for (Schema<?> schema :
                List.of(
                        EdgeAuthConfig.SCHEMA,
                        RouteAuthConfig.SCHEMA,
                        ClientAddressConfig.SCHEMA,
                        IssuerConfig.SCHEMA)) {
            RecordSchema<?> record = (RecordSchema<?>) schema;
            assertThat(record.fields()).hasSizeGreaterThan(4);
            assertThat(record.definition()).containsEntry("additionalProperties", false);
        }
        RecordSchema<IssuerConfig> issuer = (RecordSchema<IssuerConfig>) IssuerConfig.SCHEMA;
        assertThat(issuer.fields())
                .extracting(RecordSchema.Field::name)
                .contains("issuer", "audience", "jwks", "header", "cookie", "claims");
    }
}
