package dev.outrider.sidecar.auth;

import static dev.outrider.sidecar.auth.EdgeIssuers.PARTNER_HEADER;
import static dev.outrider.sidecar.auth.EdgeIssuers.PARTNER_KEY;
import static dev.outrider.sidecar.auth.EdgeIssuers.STAFF;
import static dev.outrider.sidecar.auth.EdgeIssuers.STAFF_HEADER;
import static dev.outrider.sidecar.auth.EdgeIssuers.STAFF_KEY;
import static dev.outrider.sidecar.auth.EdgeIssuers.claims;
import static dev.outrider.sidecar.auth.EdgeIssuers.good;
import static dev.outrider.sidecar.auth.EdgeIssuers.partnerClaims;
import static dev.outrider.sidecar.auth.Tokens.NOW;
import static dev.outrider.sidecar.auth.Tokens.hmac;
import static dev.outrider.sidecar.auth.Tokens.part;
import static dev.outrider.sidecar.auth.Tokens.sign;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.stream.Stream;

/** Tokens that must not pass at an edge that trusts {@link EdgeIssuers}, and why they do not. */
public final class EdgeTokenAttacks {
    private static final PrivateKey STAFF_PRIVATE = STAFF_KEY.getPrivate();
    private static final PrivateKey PARTNER_PRIVATE = PARTNER_KEY.getPrivate();

    private EdgeTokenAttacks() {}

    /** One token. */
    public record Attack(String name, String token, TokenRefusal why) {
        @Override
        public String toString() {
            return name;
        }
    }

    public static Stream<Attack> all() {
        return Stream.of(confusions(), headers(), claimAttacks(), shapes()).flatMap(each -> each);
    }

    private static Attack of(String name, String token, TokenRefusal why) {
        return new Attack(name, token, why);
    }

    /** One issuer's token for another's, and the public key as a secret. */
    private static Stream<Attack> confusions() {
        byte[] der = Tokens.encoded(PARTNER_KEY.getPublic());
        byte[] pem =
                ("-----BEGIN PUBLIC KEY-----\n"
                                + Base64.getMimeEncoder().encodeToString(der)
                                + "\n-----END PUBLIC KEY-----\n")
                        .getBytes(StandardCharsets.US_ASCII);
        return Stream.of(
                of(
                        "says staff, signed with the partner's key and its kid",
                        sign(PARTNER_HEADER, claims(""), PARTNER_PRIVATE),
                        TokenRefusal.ALGORITHM),
                of(
                        "says staff with a kid of staff's, signed with the partner's key",
                        sign("{'alg':'RS256','kid':'both'}", claims(""), PARTNER_PRIVATE),
                        TokenRefusal.ALGORITHM),
                of(
                        "says the partner, signed with staff's key",
                        sign(STAFF_HEADER, partnerClaims(), STAFF_PRIVATE),
                        TokenRefusal.UNKNOWN_KEY),
                of(
                        "says the partner with its kid, signed with staff's key",
                        sign("{'alg':'ES256','kid':'p1'}", partnerClaims(), STAFF_PRIVATE),
                        TokenRefusal.ALGORITHM),
                of(
                        "signed by nobody known",
                        sign(STAFF_HEADER, claims(""), Tokens.EC_OTHER.getPrivate()),
                        TokenRefusal.SIGNATURE),
                of(
                        "HS256 with the RSA public key",
                        hmac("{'alg':'HS256','kid':'p1'}", partnerClaims(), der),
                        TokenRefusal.ALGORITHM),
                of(
                        "HS256 with the RSA public key's PEM",
                        hmac("{'alg':'HS256','kid':'p1'}", partnerClaims(), pem),
                        TokenRefusal.ALGORITHM),
                of(
                        "RS256 over the EC key",
                        sign("{'alg':'RS256','kid':'p384'}", partnerClaims(), PARTNER_PRIVATE),
                        TokenRefusal.ALGORITHM),
                of(
                        "of an issuer unknown here",
                        sign(
                                STAFF_HEADER,
                                claims("").replace(STAFF, "https://evil.example/"),
                                STAFF_PRIVATE),
                        TokenRefusal.ISSUER),
                of(
                        "issuer without its last slash",
                        sign(
                                STAFF_HEADER,
                                claims("").replace(STAFF, "https://staff.example"),
                                STAFF_PRIVATE),
                        TokenRefusal.ISSUER),
                of(
                        "issuer in upper case",
                        sign(
                                STAFF_HEADER,
                                claims("").replace(STAFF, "HTTPS://STAFF.EXAMPLE/"),
                                STAFF_PRIVATE),
                        TokenRefusal.ISSUER),
                of(
                        "issuer with a letter that looks the same",
                        sign(
                                STAFF_HEADER,
                                claims("").replace("staff", "st\u0430ff"),
                                STAFF_PRIVATE),
                        TokenRefusal.ISSUER),
                of(
                        "no issuer",
                        sign(STAFF_HEADER, claims("").replace("'iss'", "'isz'"), STAFF_PRIVATE),
                        TokenRefusal.MALFORMED),
                of(
                        "a list of issuers",
                        sign(
                                STAFF_HEADER,
                                claims("").replace("'" + STAFF + "'", "['" + STAFF + "']"),
                                STAFF_PRIVATE),
                        TokenRefusal.MALFORMED));
    }

    private static Stream<Attack> headers() {
        String unsigned = part("{'alg':'none'}") + "." + part(claims("")) + ".";
        String key = Tokens.ec("s1", Tokens.EC_OTHER);
        return Stream.of(
                of("none", unsigned, TokenRefusal.MALFORMED),
                of("none with a signature", unsigned + "AAAA", TokenRefusal.ALGORITHM),
                head("none in mixed case", "{'alg':'nOnE','kid':'s1'}", TokenRefusal.ALGORITHM),
                head("no algorithm", "{'kid':'s1'}", TokenRefusal.MALFORMED),
                head("algorithm twice", "{'alg':'none','alg':'ES256'}", TokenRefusal.MALFORMED),
                head(
                        "algorithm twice, once escaped",
                        "{'alg':'ES256','\\u0061lg':'none','kid':'s1'}",
                        TokenRefusal.MALFORMED),
                head(
                        "algorithm this issuer may not use",
                        "{'alg':'ES384','kid':'s1'}",
                        TokenRefusal.ALGORITHM),
                head(
                        "algorithm with a zero octet",
                        "{'alg':'ES256\\u0000','kid':'s1'}",
                        TokenRefusal.ALGORITHM),
                kid("kid is a path", "../../../../dev/null"),
                kid("kid is SQL", "x' UNION SELECT 'key"),
                kid("kid is a command", "s1|cat /etc/passwd"),
                kid("kid is a URL", "https://evil.example/key"),
                kid("kid in another case", "S1"),
                kid("kid with a blank", "s1 "),
                kid("kid with a zero octet", "s1\u0000"),
                head("kid is a list", "{'alg':'ES256','kid':['s1']}", TokenRefusal.MALFORMED),
                foreign("brings its key by jwk", "'jwk':" + key),
                foreign("brings its key by jku", "'jku':'http://127.0.0.1:1/'"),
                foreign("brings its key by x5u", "'x5u':'http://127.0.0.1:1/'"),
                of(
                        "brings its key by x5c",
                        sign(
                                "{'alg':'ES256','kid':'s1','x5c':['MIIB']}",
                                claims(""),
                                Tokens.EC_OTHER.getPrivate()),
                        TokenRefusal.MALFORMED),
                head("crit", "{'alg':'ES256','kid':'s1','crit':['x'],'x':1}"),
                head("empty crit", "{'alg':'ES256','kid':'s1','crit':[]}"),
                head("b64", "{'alg':'ES256','kid':'s1','b64':false}"),
                head("compressed", "{'alg':'ES256','kid':'s1','zip':'DEF'}"),
                head("encrypted", "{'alg':'ES256','kid':'s1','enc':'A128GCM'}"),
                head("another kind of token", "{'alg':'ES256','kid':'s1','typ':'dpop+jwt'}"),
                head("a token within", "{'alg':'ES256','kid':'s1','cty':'JWT'}"),
                head("a huge header", "{'alg':'ES256','kid':'s1','x':'" + "x".repeat(2000) + "'}"));
    }

    private static Attack head(String name, String header) {
        return head(name, header, TokenRefusal.MALFORMED);
    }

    private static Attack head(String name, String header, TokenRefusal why) {
        return of(name, sign(header, claims(""), STAFF_PRIVATE), why);
    }

    private static Attack kid(String name, String kid) {
        String json = "{\"alg\":\"ES256\",\"kid\":\"" + kid.replace("\u0000", "\\u0000") + "\"}";
        String input = part(json.getBytes(StandardCharsets.UTF_8)) + "." + part(claims(""));
        String good = sign("{'alg':'ES256'}", claims(""), STAFF_PRIVATE);
        return of(name, input + good.substring(good.lastIndexOf('.')), TokenRefusal.UNKNOWN_KEY);
    }

    /** Signed with the key that it brings along. */
    private static Attack foreign(String name, String parameter) {
        return of(
                name,
                sign(
                        "{'alg':'ES256','kid':'s1'," + parameter + "}",
                        claims(""),
                        Tokens.EC_OTHER.getPrivate()),
                TokenRefusal.SIGNATURE);
    }

    private static Stream<Attack> claimAttacks() {
        long now = NOW.getEpochSecond();
        String good = claims("");
        return Stream.of(
                body("expired", exp("" + (now - 31)), TokenRefusal.EXPIRED),
                body("never expires", good.replace("'exp'", "'exq'"), TokenRefusal.MALFORMED),
                body("expires in the year 1e300", exp("1e300"), TokenRefusal.EXPIRED),
                body("expires as text", exp("'9999999999x'"), TokenRefusal.MALFORMED),
                body("expiry is a list", exp("[9999999999]"), TokenRefusal.MALFORMED),
                body("not yet valid", claims("'nbf':" + (now + 31)), TokenRefusal.NOT_YET_VALID),
                body("for another audience", aud("'other'"), TokenRefusal.AUDIENCE),
                body("for a longer audience", aud("'api2'"), TokenRefusal.AUDIENCE),
                body("for an audience in upper case", aud("'API'"), TokenRefusal.AUDIENCE),
                body("for two in one text", aud("'other api'"), TokenRefusal.AUDIENCE),
                body("audience is a number", aud("7"), TokenRefusal.MALFORMED),
                body("audience is an object", aud("{'api':true}"), TokenRefusal.MALFORMED),
                body("audience within a list", aud("[['api']]"), TokenRefusal.MALFORMED),
                body("no audience", aud("[]"), TokenRefusal.AUDIENCE),
                body("subject twice", claims("'sub':'bob'"), TokenRefusal.MALFORMED),
                body("audience twice", claims("'aud':'api'"), TokenRefusal.MALFORMED),
                body(
                        "issuer twice, once escaped",
                        claims("'\\u0069ss':'x'"),
                        TokenRefusal.MALFORMED),
                body("no subject", good.replace("'sub'", "'sup'"), TokenRefusal.MALFORMED),
                body("empty subject", good.replace("'ann'", "''"), TokenRefusal.MALFORMED),
                body("subject is a number", good.replace("'ann'", "7"), TokenRefusal.MALFORMED),
                body(
                        "endless subject",
                        good.replace("ann", "a".repeat(256)),
                        TokenRefusal.MALFORMED),
                partner("required claim is false", "true,'groups'", "false,'groups'"),
                partner("required claim is not there", "'email_verified'", "'x'"),
                partner("required claim has no such member", "['x','b']", "['x','bb']"),
                partner("required claim is an object", "['x','b']", "{'b':'b'}"));
    }

    private static String exp(String value) {
        return claims("").replaceFirst("'exp':[0-9]+", "'exp':" + value);
    }

    private static String aud(String value) {
        return claims("").replace("'aud':'api'", "'aud':" + value);
    }

    private static Attack body(String name, String claims, TokenRefusal why) {
        return of(name, sign(STAFF_HEADER, claims, STAFF_PRIVATE), why);
    }

    private static Attack partner(String name, String before, String after) {
        return of(
                name,
                sign(PARTNER_HEADER, partnerClaims().replace(before, after), PARTNER_PRIVATE),
                TokenRefusal.CLAIM);
    }

    private static Stream<Attack> shapes() {
        String good = good("");
        int dot = good.indexOf('.');
        int last = good.lastIndexOf('.');
        return Stream.of(
                        "x",
                        "a.b",
                        "..",
                        good + ".",
                        good + ".AAAA.AAAA",
                        part("{'alg':'dir','enc':'A128GCM'}") + "..AAAA.AAAA.AAAA",
                        good + "=",
                        good.substring(0, dot + 3) + "%00" + good.substring(dot + 3),
                        good.substring(0, last) + ".",
                        good.substring(0, dot) + "\u2024" + good.substring(dot + 1),
                        part("{}".repeat(2)) + good.substring(dot),
                        sign(STAFF_HEADER, good, STAFF_PRIVATE),
                        sign(STAFF_HEADER, "[" + claims("") + "]", STAFF_PRIVATE),
                        sign(STAFF_HEADER, claims("") + claims(""), STAFF_PRIVATE),
                        sign(STAFF_HEADER, "{'a':".repeat(1200), STAFF_PRIVATE),
                        sign(
                                STAFF_HEADER,
                                claims("'pad':'" + "x".repeat(6000) + "'"),
                                STAFF_PRIVATE))
                .map(token ->
                        of(
                                "shape " + token.substring(0, Math.min(12, token.length())),
                                token,
                                TokenRefusal.MALFORMED));
    }
}
