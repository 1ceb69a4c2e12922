package dev.outrider.sidecar.auth;

import dev.outrider.certs.Json;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwks;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's public keys at one moment (RFC 7517). Immutable; two sets are the same only if they
 * are one object, which is how cached results know that they still hold.
 *
 * <p>Keys of other types or for another use (a SPIFFE bundle also holds X.509 roots) are passed
 * over as the RFC asks. Anything malformed refuses the whole document: half a key set is worse than
 * yesterday's.
 */
final class KeySet {
    private static final int MOST_KEYS = 256;
    private static final int LEAST_RSA_BITS = 2048;

    private final String document;
    private final List<Key> keys;

    private KeySet(String document, List<Key> keys) {
        this.document = document;
        this.keys = List.copyOf(keys);
    }

    /** {@code id} is its {@code kid} and {@code algorithm} its {@code alg}, if it says them. */
    record Key(@Nullable String id, @Nullable String algorithm, PublicKey key) {
        boolean suits(TokenAlgorithm wanted) {
            return wanted.fits(key) && (algorithm == null || algorithm.equals(wanted.toString()));
        }
    }

    /** Refuses with an {@link IllegalArgumentException} that says what is wrong. */
    static KeySet parse(String document) {
        if (!(Json.object(document).get("keys") instanceof List<?> list)) {
            throw new IllegalArgumentException("the JWKS has no list 'keys'");
        }
        if (list.size() > MOST_KEYS) {
            throw new IllegalArgumentException("the JWKS has more than " + MOST_KEYS + " keys");
        }
        List<Key> keys = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> members)) {
                throw new IllegalArgumentException("the JWKS holds a key that is no object");
            }
            Key key = read(members);
            if (key != null) {
                String id = key.id;
                if (id != null && find(keys, id) != null) {
                    throw new IllegalArgumentException(
                            "two keys of the JWKS have kid '" + id + "'");
                }
                keys.add(key);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("the JWKS holds no key that could sign a token");
        }
        return new KeySet(document, keys);
    }

    /** The key of that id. */
    @Nullable Key find(String id) {
        return find(keys, id);
    }

    /** The one key that suits the algorithm, null if there is none or more than one. */
    @Nullable Key only(TokenAlgorithm algorithm) {
        Key only = null;
        for (Key key : keys) {
            if (key.suits(algorithm)) {
                if (only != null) {
                    return null;
                }
                only = key;
            }
        }
        return only;
    }

    int size() {
        return keys.size();
    }

    /** The text it was parsed from. */
    String document() {
        return document;
    }

    private static @Nullable Key find(List<Key> keys, String id) {
        for (Key key : keys) {
            if (id.equals(key.id)) {
                return key;
            }
        }
        return null;
    }

    private static @Nullable Key read(Map<?, ?> members) {
        String id = text(members, "kid");
        List<String> parameters = parameters(members);
        if (parameters.isEmpty() || !forSignatures(members)) {
            return null;
        }
        if (members.containsKey("d")) {
            throw new IllegalArgumentException("the JWKS holds a private key, '" + id + "'");
        }
        Map<String, String> bare = new LinkedHashMap<>();
        for (String name : parameters) {
            String value = text(members, name);
            if (value == null) {
                throw new IllegalArgumentException("key '" + id + "' has no '" + name + "'");
            }
            bare.put(name, value);
        }
        return new Key(id, text(members, "alg"), publicKey(id, Json.write(bare)));
    }

    private static PublicKey publicKey(@Nullable String id, String bare) {
        try {
            // Only the parameters that make the key: never x5u, x5c or the like.
            if (Jwks.parser().json(new JoseJson()).build().parse(bare).toKey()
                    instanceof PublicKey key) {
                if (key instanceof RSAPublicKey rsa
                        && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
                    throw new IllegalArgumentException(
                            "RSA key '" + id + "' has fewer than " + LEAST_RSA_BITS + " bits");
                }
                return key;
            }
        } catch (JwtException e) {
            throw new IllegalArgumentException("key '" + id + "': " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("key '" + id + "' is no public key");
    }

    /** What makes up a key of this type, empty for types and curves that are passed over. */
    private static List<String> parameters(Map<?, ?> members) {
        String type = text(members, "kty");
        String curve = text(members, "crv");
        return switch (type) {
            case null -> throw new IllegalArgumentException("the JWKS holds a key without kty");
            case "EC" ->
                    "P-256".equals(curve) || "P-384".equals(curve) || "P-521".equals(curve)
                            ? List.of("kty", "crv", "x", "y")
                            : List.of();
            case "OKP" -> "Ed25519".equals(curve) ? List.of("kty", "crv", "x") : List.of();
            case "RSA" -> List.of("kty", "n", "e");
            default -> List.of();
        };
    }

    /** RFC 7517, sections 4.2 and 4.3; {@code jwt-svid} is SPIFFE's own use value. */
    private static boolean forSignatures(Map<?, ?> members) {
        String use = text(members, "use");
        if (use != null && !use.equals("sig") && !use.equals("jwt-svid")) {
            return false;
        }
        if (!members.containsKey("key_ops")) {
            return true;
        }
        return members.get("key_ops") instanceof List<?> operations
                && operations.contains("verify");
    }

    private static @Nullable String text(Map<?, ?> members, String name) {
        if (!members.containsKey(name)) {
            return null;
        }
        if (!(members.get(name) instanceof String text)) {
            throw new IllegalArgumentException("'" + name + "' of a key is no text");
        }
        return text;
    }
}
