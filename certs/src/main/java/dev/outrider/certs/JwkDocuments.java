package dev.outrider.certs;

import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Public keys as JSON: the plain JWKS of RFC 7517, and SPIFFE's bundle, which is one with more. */
public final class JwkDocuments {
    private JwkDocuments() {}

    /** The JWKS document ordinary JWT libraries read. */
    public static String jwks(List<JwtVerificationKey> keys) {
        List<Map<String, Object>> shown = new ArrayList<>();
        for (JwtVerificationKey key : keys) {
            shown.add(token(key, "sig"));
        }
        return Json.write(Map.of("keys", shown));
    }

    static String bundle(
            List<X509Certificate> roots,
            List<JwtVerificationKey> jwtKeys,
            long sequence,
            Duration refreshHint) {
        List<Map<String, Object>> shown = new ArrayList<>();
        for (X509Certificate root : roots) {
            shown.add(authority(root));
        }
        for (JwtVerificationKey key : jwtKeys) {
            shown.add(token(key, "jwt-svid"));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("keys", shown);
        document.put("spiffe_sequence", sequence);
        document.put("spiffe_refresh_hint", refreshHint.toSeconds());
        return Json.write(document);
    }

    /** The RFC 7638 thumbprint: the same key has the same name wherever it is kept. */
    static String thumbprint(PublicKey key) {
        return jwk(key).thumbprint().toString();
    }

    private static Map<String, Object> token(JwtVerificationKey key, String use) {
        Map<String, Object> members = members(key.key());
        members.put("kid", key.kid());
        members.put("alg", key.algorithm().name());
        members.put("use", use);
        return members;
    }

    private static Map<String, Object> authority(X509Certificate root) {
        Map<String, Object> members = members(root.getPublicKey());
        members.put("use", "x509-svid");
        try {
            members.put("x5c", List.of(Base64.getEncoder().encodeToString(root.getEncoded())));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a root without an encoding", e);
        }
        return members;
    }

    private static Map<String, Object> members(PublicKey key) {
        return new LinkedHashMap<>(jwk(key));
    }

    private static PublicJwk<?> jwk(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec -> Jwks.builder().key(ec).idFromThumbprint().build();
            case RSAPublicKey rsa -> Jwks.builder().key(rsa).idFromThumbprint().build();
            default -> throw new IllegalArgumentException("no JWK for " + key.getAlgorithm());
        };
    }
}
