package dev.outrider.certs;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SignatureAlgorithm;

/** The signatures of a JWT-SVID (JWT-SVID specification, section 2.2; RFC 7518) that we make. */
public enum JwtAlgorithm {
    ES256(KeyAlgorithm.EC_P256),
    ES384(KeyAlgorithm.EC_P384),
    RS256(KeyAlgorithm.RSA_2048);

    private final KeyAlgorithm keys;

    JwtAlgorithm(KeyAlgorithm keys) {
        this.keys = keys;
    }

    KeyAlgorithm keys() {
        return keys;
    }

    SignatureAlgorithm signature() {
        return switch (this) {
            case ES256 -> Jwts.SIG.ES256;
            case ES384 -> Jwts.SIG.ES384;
            case RS256 -> Jwts.SIG.RS256;
        };
    }
}
