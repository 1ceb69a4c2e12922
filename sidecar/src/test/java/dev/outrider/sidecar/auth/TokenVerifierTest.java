package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.Tokens.EC;
import static dev.outrider.sidecar.auth.Tokens.EC_384;
import static dev.outrider.sidecar.auth.Tokens.EC_OTHER;
import static dev.outrider.sidecar.auth.Tokens.HEADER;
import static dev.outrider.sidecar.auth.Tokens.JWKS;
import static dev.outrider.sidecar.auth.Tokens.NOW;
import static dev.outrider.sidecar.auth.Tokens.RSA;
import static dev.outrider.sidecar.auth.Tokens.claims;
import static dev.outrider.sidecar.auth.Tokens.good;
import static dev.outrider.sidecar.auth.Tokens.hmac;
import static dev.outrider.sidecar.auth.Tokens.part;
import static dev.outrider.sidecar.auth.Tokens.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TokenVerifierTest {
    private static final JwtConfig CONFIG = JwtConfig.forAudience("orders");
    private static final long EXP = NOW.getEpochSecond() + 600;
    private static final String SUB = "'sub':'" + Requests.WEB + "'";
    private static final PrivateKey KEY = EC.getPrivate();

    private final KeySet keys = KeySet.parse(JWKS);

    private static TokenResult verify(String token, KeySet keys, Instant now) {
        return new TokenVerifier(CONFIG.rules(), () -> now).verify(token, keys);
    }

    private TokenResult verify(String token) {
        return verify(token, keys, NOW);
    }

    static Stream<Arguments> attacks() {
        return Stream.of(headerAttacks(), claimAttacks(), shapeAttacks()).flatMap(each -> each);
    }

    private static Arguments attack(String name, String token, TokenRefusal why) {
        return arguments(name, token, why);
    }

    private static Stream<Arguments> headerAttacks() {
        String good = good();
        String unsigned = part("{'alg':'none'}") + "." + part(claims("")) + ".";
        String signature = good.substring(good.lastIndexOf('.') + 1);
        byte[] der = Tokens.encoded(RSA.getPublic());
        byte[] pem =
                ("-----BEGIN PUBLIC KEY-----\n"
                                + java.util.Base64.getMimeEncoder().encodeToString(der)
                                + "\n-----END PUBLIC KEY-----\n")
                        .getBytes(StandardCharsets.US_ASCII);
        return Stream.of(
                attack("none, no signature", unsigned, TokenRefusal.MALFORMED),
                attack("none, with one", unsigned + signature, TokenRefusal.ALGORITHM),
                attack("None", head("{'alg':'None','kid':'k1'}"), TokenRefusal.ALGORITHM),
                attack("lower case", head("{'alg':'es256','kid':'k1'}"), TokenRefusal.ALGORITHM),
                attack("no alg", head("{'kid':'k1'}"), TokenRefusal.MALFORMED),
                attack("alg is a number", head("{'alg':256}"), TokenRefusal.MALFORMED),
                attack("alg is null", head("{'alg':null}"), TokenRefusal.MALFORMED),
                attack(
                        "HMAC with the public key as secret",
                        hmac("{'alg':'HS256','kid':'r1'}", claims(""), der),
                        TokenRefusal.ALGORITHM),
                attack(
                        "HMAC with the public key's PEM as secret",
                        hmac("{'alg':'HS256','kid':'r1'}", claims(""), pem),
                        TokenRefusal.ALGORITHM),
                attack(
                        "not on the allow list",
                        head("{'alg':'RS512','kid':'r1'}"),
                        TokenRefusal.ALGORITHM),
                attack(
                        "ES256 named with the RSA key",
                        head("{'alg':'ES256','kid':'r1'}"),
                        TokenRefusal.ALGORITHM),
                attack(
                        "RS256 named with the EC key",
                        head("{'alg':'RS256','kid':'k1'}"),
                        TokenRefusal.ALGORITHM),
                attack(
                        "ES256 with a key of another curve",
                        sign("{'alg':'ES256','kid':'k384'}", claims(""), EC_384.getPrivate()),
                        TokenRefusal.ALGORITHM),
                attack(
                        "signed by somebody else",
                        sign(HEADER, claims(""), EC_OTHER.getPrivate()),
                        TokenRefusal.SIGNATURE),
                attack(
                        "brings its own key by jwk",
                        sign(
                                "{'alg':'ES256','kid':'k1','jwk':"
                                        + Tokens.ec("k1", EC_OTHER)
                                        + "}",
                                claims(""),
                                EC_OTHER.getPrivate()),
                        TokenRefusal.SIGNATURE),
                attack(
                        "brings its own key by jku and x5u",
                        sign(
                                "{'alg':'ES256','kid':'k1','jku':'http://127.0.0.1:1/','x5u':'http://127.0.0.1:1/'}",
                                claims(""),
                                EC_OTHER.getPrivate()),
                        TokenRefusal.SIGNATURE),
                attack(
                        "crit",
                        head("{'alg':'ES256','kid':'k1','crit':['exp']}"),
                        TokenRefusal.MALFORMED),
                attack(
                        "b64",
                        head("{'alg':'ES256','kid':'k1','b64':false,'crit':['b64']}"),
                        TokenRefusal.MALFORMED),
                attack(
                        "compressed",
                        head("{'alg':'ES256','kid':'k1','zip':'DEF'}"),
                        TokenRefusal.MALFORMED),
                attack(
                        "kid is an object",
                        head("{'alg':'ES256','kid':{'a':1}}"),
                        TokenRefusal.MALFORMED),
                attack(
                        "alg twice",
                        head("{'alg':'none','alg':'ES256','kid':'k1'}"),
                        TokenRefusal.MALFORMED),
                attack(
                        "another kind of token",
                        head("{'alg':'ES256','kid':'k1','typ':'logout+jwt'}"),
                        TokenRefusal.MALFORMED),
                attack(
                        "nested",
                        sign("{'alg':'ES256','kid':'k1','cty':'JWT'}", good, KEY),
                        TokenRefusal.MALFORMED),
                attack("nested, not said", sign(HEADER, good, KEY), TokenRefusal.MALFORMED));
    }

    private static String head(String header) {
        return sign(header, claims(""), KEY);
    }

    private static Stream<Arguments> claimAttacks() {
        long now = NOW.getEpochSecond();
        return Stream.of(
                body("expired", SUB, "'aud':'orders'", "'exp':" + (now - 31), TokenRefusal.EXPIRED),
                body("no exp", SUB, "'aud':'orders'", "'x':1", TokenRefusal.MALFORMED),
                body("exp is text", SUB, "'aud':'orders'", "'exp':'never'", TokenRefusal.MALFORMED),
                body("exp is null", SUB, "'aud':'orders'", "'exp':null", TokenRefusal.MALFORMED),
                body("exp is true", SUB, "'aud':'orders'", "'exp':true", TokenRefusal.MALFORMED),
                body(
                        "not yet valid",
                        SUB,
                        "'aud':'orders','nbf':" + (now + 31),
                        "'exp':" + EXP,
                        TokenRefusal.NOT_YET_VALID),
                body(
                        "for another audience",
                        SUB,
                        "'aud':'billing'",
                        "'exp':" + EXP,
                        TokenRefusal.AUDIENCE),
                body(
                        "for other audiences",
                        SUB,
                        "'aud':['billing','Orders','orders ']",
                        "'exp':" + EXP,
                        TokenRefusal.AUDIENCE),
                body("no audience", SUB, "'x':1", "'exp':" + EXP, TokenRefusal.AUDIENCE),
                body("empty audience", SUB, "'aud':[]", "'exp':" + EXP, TokenRefusal.AUDIENCE),
                body(
                        "audience is an object",
                        SUB,
                        "'aud':{'orders':1}",
                        "'exp':" + EXP,
                        TokenRefusal.MALFORMED),
                body(
                        "no subject",
                        "'x':1",
                        "'aud':'orders'",
                        "'exp':" + EXP,
                        TokenRefusal.MALFORMED),
                body(
                        "subject is a number",
                        "'sub':7",
                        "'aud':'orders'",
                        "'exp':" + EXP,
                        TokenRefusal.MALFORMED),
                body(
                        "subject twice",
                        SUB + "," + SUB,
                        "'aud':'orders'",
                        "'exp':" + EXP,
                        TokenRefusal.MALFORMED));
    }

    private static Arguments body(
            String name, String sub, String aud, String exp, TokenRefusal why) {
        return attack(name, sign(HEADER, "{" + sub + "," + aud + "," + exp + "}", KEY), why);
    }

    private static Stream<Arguments> shapeAttacks() {
        String good = good();
        int dot = good.indexOf('.');
        int last = good.lastIndexOf('.');
        char end = good.charAt(good.length() - 1);
        return Stream.of(
                        "",
                        ".",
                        "..",
                        "a.b",
                        "...",
                        good + ".",
                        good + ".AAAA.AAAA",
                        good + "=",
                        good.substring(0, dot) + "=" + good.substring(dot),
                        " " + good,
                        good + " ",
                        good.substring(0, dot + 3) + "\n" + good.substring(dot + 3),
                        good.substring(0, dot + 3) + "+" + good.substring(dot + 4),
                        good.substring(0, last + 1),
                        // The same bytes to a careless decoder: other spare bits at the end.
                        good.substring(0, good.length() - 1) + (char) (end + 1),
                        "A" + good,
                        part("[]") + good.substring(dot),
                        part("not json") + good.substring(dot),
                        part("{'alg':'ES256'} {}") + good.substring(dot),
                        sign(HEADER, "not json", KEY),
                        sign(HEADER, "['a']", KEY),
                        sign(HEADER, claims("") + "{}", KEY),
                        sign(HEADER, "[".repeat(4000), KEY),
                        sign(HEADER, claims("'pad':'" + "x".repeat(9000) + "'"), KEY))
                .map(token -> attack("shape", token, TokenRefusal.MALFORMED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void refusesWhatMustNotPass(String name, String token, TokenRefusal why) {
        assertThat(verify(token))
                .as(name)
                .isInstanceOfSatisfying(
                        TokenResult.Refused.class,
                        refused -> assertThat(refused.why()).as(refused.detail()).isEqualTo(why));
    }

    @Test
    void acceptsAGoodTokenUntilItExpires() {
        assertThat(verify(good()))
                .isInstanceOfSatisfying(
                        TokenResult.Verified.class,
                        verified -> {
                            assertThat(verified.subject()).isEqualTo(Requests.WEB);
                            assertThat(verified.caller().tokenId()).isEqualTo("t1");
                            assertThat(verified.caller().claims()).containsEntry("jti", "t1");
                            assertThat(verified.untilMillis()).isEqualTo((EXP + 30) * 1000);
                        });
    }

    @Test
    void acceptsOneOfSeveralAudiences() {
        String token =
                sign(HEADER, "{" + SUB + ",'aud':['billing','orders'],'exp':" + EXP + "}", KEY);
        assertThat(verify(token)).isInstanceOf(TokenResult.Verified.class);
    }

    @Test
    void acceptsRsaAndTokensWithoutTypeOrKeyIdIfOneKeySuits() {
        assertThat(verify(sign("{'alg':'RS256','kid':'r1'}", claims(""), RSA.getPrivate())))
                .isInstanceOf(TokenResult.Verified.class);
        assertThat(verify(sign("{'alg':'ES256'}", claims(""), KEY)))
                .isInstanceOf(TokenResult.Verified.class);
    }

    @Test
    void asksForNewerKeysWhenNoneOrSeveralWouldDo() {
        KeySet two = KeySet.parse(Tokens.jwks(Tokens.ec("a", EC), Tokens.ec("b", EC_OTHER)));
        assertThat(verify(sign("{'alg':'ES256'}", claims(""), KEY), two, NOW))
                .isInstanceOf(TokenResult.UnknownKey.class);
        assertThat(verify(sign("{'alg':'ES256','kid':'k2'}", claims(""), KEY)))
                .isInstanceOf(TokenResult.UnknownKey.class);
    }

    @Test
    void forgivesClocksThatDifferByLessThanTheLeeway() {
        String token = sign(HEADER, claims("'nbf':" + (NOW.getEpochSecond() + 29)), KEY);
        assertThat(verify(token)).isInstanceOf(TokenResult.Verified.class);
        assertThat(verify(good(), keys, NOW.plusSeconds(629)))
                .isInstanceOf(TokenResult.Verified.class);
        assertThat(verify(good(), keys, NOW.plusSeconds(631)))
                .isInstanceOf(TokenResult.Refused.class);
    }

    @Test
    void saysBothClocksWhenATokenHasExpired() {
        assertThat(verify(good(), keys, NOW.plusSeconds(700)))
                .isInstanceOfSatisfying(
                        TokenResult.Refused.class,
                        refused ->
                                assertThat(refused.detail())
                                        .contains("2026-03-01T12:10:00")
                                        .contains("2026-03-01T12:11:40"));
    }

    @Test
    void insistsOnAConfiguredIssuer() {
        JwtConfig config =
                new JwtConfig(
                        CONFIG.audiences(),
                        List.of("https://ca"),
                        CONFIG.jwks(),
                        CONFIG.algorithms(),
                        CONFIG.leeway(),
                        CONFIG.header(),
                        true,
                        true,
                        null,
                        10);
        TokenVerifier verifier = new TokenVerifier(config.rules(), () -> NOW);
        assertThat(verifier.verify(sign(HEADER, claims("'iss':'https://ca'"), KEY), keys))
                .isInstanceOf(TokenResult.Verified.class);
        assertThat(verifier.verify(sign(HEADER, claims("'iss':'https://ca.evil'"), KEY), keys))
                .isEqualTo(
                        new TokenResult.Refused(
                                TokenRefusal.ISSUER,
                                "issuer 'https://ca.evil' is not among those configured"));
        assertThat(verifier.verify(good(), keys)).isInstanceOf(TokenResult.Refused.class);
    }

    @Test
    void neverThrowsAndNeverAcceptsAMutatedToken() {
        long seed = 20260301;
        Random random = new Random(seed);
        String good = good();
        for (int round = 0; round < 500; round++) {
            StringBuilder token = new StringBuilder(good);
            int at = random.nextInt(token.length());
            switch (random.nextInt(3)) {
                case 0 -> token.setCharAt(at, (char) random.nextInt(256));
                case 1 -> token.deleteCharAt(at);
                default -> token.insert(at, (char) (33 + random.nextInt(94)));
            }
            String mutated = token.toString();
            if (!mutated.equals(good)) {
                assertThat(verify(mutated))
                        .as("seed %d round %d: %s", seed, round, mutated)
                        .isNotInstanceOf(TokenResult.Verified.class);
            }
        }
    }

    @Test
    void neverThrowsOnSignedNonsense() {
        long seed = 7;
        Random random = new Random(seed);
        String[] values = {
            "1e400",
            "-1",
            "1e9",
            "99999999999999999999",
            "null",
            "true",
            "[]",
            "{}",
            "[[1]]",
            "'x'",
            "''",
            "[null]",
            "[1,2]",
            "0.5",
            "9223372036854775807",
            "'2026-03-01T12:00:00Z'"
        };
        for (int round = 0; round < 60; round++) {
            StringBuilder payload = new StringBuilder("{");
            for (String name : List.of("sub", "aud", "exp", "nbf", "iat", "iss", "jti")) {
                payload.append("'").append(name).append("':");
                payload.append(values[random.nextInt(values.length)]).append(",");
            }
            payload.append("'end':1}");
            assertThat(verify(sign(HEADER, payload.toString(), KEY)))
                    .as("seed %d round %d: %s", seed, round, payload)
                    .isInstanceOf(TokenResult.Refused.class);
        }
    }
}
