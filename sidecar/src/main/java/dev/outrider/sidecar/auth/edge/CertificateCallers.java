package dev.outrider.sidecar.auth.edge;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.auth.ClaimNames;
import dev.outrider.sidecar.auth.NameList;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Peer;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who a client with a certificate is, and what the configuration lets it do. Immutable. */
final class CertificateCallers {
    private final Map<String, Map<String, Object>> claims = new HashMap<>();

    CertificateCallers(Map<String, CertificateConfig> certificates) {
        certificates.forEach((name, config) -> claims.put(name, claims(config)));
    }

    private static Map<String, Object> claims(CertificateConfig config) {
        Map<String, Object> claims = new LinkedHashMap<>();
        if (!config.roles().isEmpty()) {
            claims.put(ClaimNames.ROLES, new NameList(config.roles()));
        }
        put(claims, ClaimNames.SCOPE, String.join(" ", config.scopes()));
        put(claims, ClaimNames.TENANT, config.tenant());
        put(claims, ClaimNames.TIER, config.tier());
        return Collections.unmodifiableMap(claims);
    }

    private static void put(Map<String, Object> claims, String name, String text) {
        if (!text.isEmpty()) {
            claims.put(name, text);
        }
    }

    /**
     * Of a peer that has one: its SPIFFE id names it, else its subject, else its hash. The id is of
     * whatever trust domain the authorities behind {@code clientRoots} let it be.
     */
    Caller of(Peer peer) {
        String hash = Objects.requireNonNull(peer.certificateHash());
        String id = spiffeId(peer);
        String subject = peer.subject();
        String name = id != null ? id : subject != null && !subject.isEmpty() ? subject : hash;
        Map<String, Object> may = find(hash);
        if (may == null) {
            may = find(id);
        }
        if (may == null) {
            may = find(subject);
        }
        return new Caller(name, EdgeAuthFilter.CERTIFICATE, hash, may == null ? Map.of() : may);
    }

    /** A certificate with a second URI has none (X509-SVID, section 2). */
    private static @Nullable String spiffeId(Peer peer) {
        String uri = peer.uris().size() == 1 ? peer.uris().getFirst() : "";
        try {
            return uri.startsWith("spiffe://") ? SpiffeId.parse(uri).toString() : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private @Nullable Map<String, Object> find(@Nullable String name) {
        return name == null ? null : claims.get(name);
    }
}
