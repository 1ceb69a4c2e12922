package dev.outrider.sidecar.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeySetTest {
    private static final String GOOD = Tokens.ec("k1", Tokens.EC);

    @Test
    void passesOverKeysOfOtherTypesAndUses() {
        KeySet keys =
                KeySet.parse(
                        Tokens.jwks(
                                GOOD,
                                GOOD.replace("k1", "root").replace("\"sig\"", "\"x509-svid\""),
                                GOOD.replace("k1", "svid").replace("\"sig\"", "\"jwt-svid\""),
                                GOOD.replace("k1", "signs")
                                        .replace("\"crv\"", "\"key_ops\":[\"sign\"],\"crv\""),
                                GOOD.replace("k1", "odd").replace("P-256", "secp256k1"),
                                "{\"kty\":\"oct\",\"kid\":\"secret\",\"k\":\"AAAA\"}",
                                "{\"kty\":\"new\",\"kid\":\"future\"}"));
        assertThat(keys.size()).isEqualTo(2);
        assertThat(keys.find("k1")).isNotNull();
        assertThat(keys.find("svid")).isNotNull();
        assertThat(keys.find("secret")).isNull();
    }

    @Test
    void reads25519Keys() {
        String x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"; // RFC 8037, appendix A.2
        KeySet keys =
                KeySet.parse(
                        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"}]}");
        assertThat(keys.only(TokenAlgorithm.EDDSA)).isNotNull();
        assertThat(keys.only(TokenAlgorithm.ES256)).isNull();
    }

    @Test
    void holdsAKeyToTheAlgorithmItNames() {
        KeySet keys =
                KeySet.parse(
                        Tokens.jwks(
                                Tokens.rsa("r1", Tokens.RSA)
                                        .replace("\"kid\"", "\"alg\":\"RS256\",\"kid\"")));
        assertThat(keys.only(TokenAlgorithm.RS256)).isNotNull();
        assertThat(keys.only(TokenAlgorithm.PS256)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{'keys':{}}",
                "{'keys':[]}",
                "{'keys':[1]}",
                "{'keys':[{}]}",
                "{'keys':[{'kty':7}]}",
                "{'keys':[{'kty':'RSA','n':'AQAB'}]}",
                "{'keys':[{'kty':'RSA','n':'AQAB','e':'AQAB'}]}",
                "{'keys':[{'kty':'oct','k':'AAAA'}]}",
                "{'keys':[GOOD,GOOD]}",
                "{'keys':[GOOD],'keys':[GOOD]}",
                "{'keys':[GOOD]} x",
                "{'keys':[GOOD,{'kty':'EC','crv':'P-256','x':'AA','y':'AA'}]}",
                "{'keys':[GOOD,{'kty':'EC','crv':'P-256','x':'AA'}]}",
                "{'keys':[{'d':'AA','kty':'EC','crv':'P-256','x':'AA','y':'AA'}]}",
            })
    void refusesAMalformedSetWhole(String json) {
        String document = json.replace('\'', '"').replace("GOOD", GOOD);
        assertThatIllegalArgumentException().isThrownBy(() -> KeySet.parse(document));
    }
}
