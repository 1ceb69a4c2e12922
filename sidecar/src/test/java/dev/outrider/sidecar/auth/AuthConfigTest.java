package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.schema.Plain.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.auth.AccessRule.Effect;
import dev.outrider.sidecar.schema.InvalidValue;
import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthConfigTest {
    @Test
    void anAudienceIsAllThatTokensNeed() {
        assertThat(read(JwtConfig.SCHEMA, Map.of("audience", "orders")))
                .isEqualTo(JwtConfig.forAudience("orders"));
    }

    @Test
    void readsWhatIsSaidOfTokens() {
        JwtConfig config =
                read(
                        JwtConfig.SCHEMA,
                        Map.of(
                                "audience", List.of("orders", "orders-v2"),
                                "algorithms", List.of("EdDSA"),
                                "header", "Authorization",
                                "jwks", Map.of("url", "https://ca.outrider:8443/v1/jwks")));
        assertThat(config.audiences()).containsExactly("orders", "orders-v2");
        assertThat(config.algorithms()).containsExactly(TokenAlgorithm.EDDSA);
        assertThat(config.header().name()).isEqualTo("authorization");
        assertThat(config.jwks().url()).isEqualTo(URI.create("https://ca.outrider:8443/v1/jwks"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "HS256", "es256", ""})
    void noConfigurationCanAllowAWeakAlgorithm(String algorithm) {
        assertThatThrownBy(() ->
                        read(JwtConfig.SCHEMA, Map.of("audience", "a", "algorithms", algorithm)))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("never");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://ca/jwks", "ftp://ca/jwks", "ca/jwks", "http://127.0.0.1.evil/"})
    void keysAreNotFetchedOverPlainHttpFromElsewhere(String url) {
        assertThatThrownBy(() -> read(JwksConfig.SCHEMA, Map.of("url", url)))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("https");
    }

    @Test
    void keysComeFromOnePlace() {
        assertThatThrownBy(
                        () -> read(JwksConfig.SCHEMA, Map.of("file", "f", "url", "https://x/jwks")))
                .isInstanceOf(InvalidValue.class);
    }

    @Test
    void accessRulesAreAPlainList() {
        AccessConfig config =
                read(
                        AccessConfig.SCHEMA,
                        List.of(
                                Map.of(
                                        "allow",
                                        Map.of(
                                                "from",
                                                List.of("spiffe://cluster.local/ns/shop/sa/web"),
                                                "methods",
                                                "GET")),
                                Map.of("name", "n", "deny", Map.of("paths", "/admin/*"))));
        assertThat(config.rules())
                .extracting(AccessRule::effect)
                .containsExactly(Effect.ALLOW, Effect.DENY);
        assertThat(config.rules().getFirst().methods()).containsExactly("GET");
    }

    @Test
    void aRuleDoesExactlyOneThing() {
        for (Map<String, Object> rule :
                List.<Map<String, Object>>of(
                        Map.of("name", "x"), Map.of("allow", Map.of(), "deny", Map.of()))) {
            assertThatThrownBy(() -> read(AccessConfig.SCHEMA, List.of(rule)))
                    .isInstanceOf(InvalidValue.class)
                    .hasMessageContaining("exactly one");
        }
    }

    @Test
    void describesItselfForTheReference() {
        for (Schema<?> schema :
                List.of(
                        JwtConfig.SCHEMA,
                        JwksConfig.SCHEMA,
                        AccessConfig.SCHEMA,
                        IdentityTokenConfig.SCHEMA)) {
            assertThat(schema.json()).isNotEmpty();
        }
        assertThat(AccessConfig.SCHEMA.records())
                .singleElement()
                .satisfies(rule ->
                        assertThat(rule.fields())
                                .extracting(RecordSchema.Field::name)
                                .containsExactly("name", "allow", "deny", "audit"));
    }

    @Test
    void renewalSharesMustBeInOrder() {
        assertThatThrownBy(() ->
                        read(
                                IdentityTokenConfig.SCHEMA,
                                Map.of("renewFrom", "80%", "renewTo", "60%")))
                .isInstanceOf(InvalidValue.class);
    }
}
