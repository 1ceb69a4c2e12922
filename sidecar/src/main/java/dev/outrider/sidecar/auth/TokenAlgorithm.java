package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SignatureAlgorithm;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The signature algorithms a token may be verified with (RFC 7518, section 3.1; RFC 8037). All are
 * asymmetric: {@code none} and the HMAC family are not here, so no configuration can allow them.
 */
public enum TokenAlgorithm {
    ES256("ES256", Jwts.SIG.ES256),
    ES384("ES384", Jwts.SIG.ES384),
    ES512("ES512", Jwts.SIG.ES512),
    RS256("RS256", Jwts.SIG.RS256),
    RS384("RS384", Jwts.SIG.RS384),
    RS512("RS512", Jwts.SIG.RS512),
    PS256("PS256", Jwts.SIG.PS256),
    PS384("PS384", Jwts.SIG.PS384),
    PS512("PS512", Jwts.SIG.PS512),
    EDDSA("EdDSA", Jwts.SIG.EdDSA);

    static final Schema<TokenAlgorithm> SCHEMA =
            Schemas.scalar(
                    "one of " + String.join(", ", names()),
                    Map.of("type", "string", "enum", names()),
                    ES256,
                    TokenAlgorithm::configured);

    private final String jose;
    private final SignatureAlgorithm signature;

    TokenAlgorithm(String jose, SignatureAlgorithm signature) {
        this.jose = jose;
        this.signature = signature;
    }

    SignatureAlgorithm signature() {
        return signature;
    }

    /** The one of that {@code alg} value, in exactly that case, else null. */
    static @Nullable TokenAlgorithm named(String jose) {
        for (TokenAlgorithm algorithm : values()) {
            if (algorithm.jose.equals(jose)) {
                return algorithm;
            }
        }
        return null;
    }

    /** Whether a key is of the type and size this algorithm works with. */
    boolean fits(PublicKey key) {
        return switch (this) {
            case ES256 -> key instanceof ECPublicKey ec && orderBits(ec) == 256;
            case ES384 -> key instanceof ECPublicKey ec && orderBits(ec) == 384;
            case ES512 -> key instanceof ECPublicKey ec && orderBits(ec) == 521;
            case RS256, RS384, RS512, PS256, PS384, PS512 -> key instanceof RSAPublicKey;
            case EDDSA -> key instanceof EdECPublicKey;
        };
    }

    private static int orderBits(ECPublicKey key) {
        return key.getParams().getOrder().bitLength();
    }

    private static TokenAlgorithm configured(String text) {
        TokenAlgorithm algorithm = named(text);
        if (algorithm == null) {
            throw new IllegalArgumentException(
                    "expected one of "
                            + String.join(", ", names())
                            + "; tokens without a signature or with a shared secret are never"
                            + " accepted");
        }
        return algorithm;
    }

    private static List<String> names() {
        return Arrays.stream(values()).map(TokenAlgorithm::toString).toList();
    }

    @Override
    public String toString() {
        return jose;
    }
}
