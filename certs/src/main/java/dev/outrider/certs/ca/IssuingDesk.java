package dev.outrider.certs.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrider.certs.CertificateRequest;
import dev.outrider.certs.CsrException;
import dev.outrider.certs.JwtSvids;
import dev.outrider.certs.Pem;
import dev.outrider.certs.RevokedList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Signs for a caller whose identity is proven, and writes down what it signed. */
final class IssuingDesk {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_AUDIENCES = 8;
    private static final int LONGEST_AUDIENCE = 512;

    private final LiveAuthority live;
    private final JwtSvids tokens;
    private final AuditLog audit;
    private final Duration jwtTtl;
    private final DnsNames dnsNames;
    private final Supplier<RevokedList> revoked;

    /**
     * @param revoked for whom nothing is signed, as it is now
     */
    IssuingDesk(
            LiveAuthority live,
            JwtSvids tokens,
            AuditLog audit,
            Duration jwtTtl,
            DnsNames dnsNames,
            Supplier<RevokedList> revoked) {
        this.live = live;
        this.tokens = tokens;
        this.audit = audit;
        this.jwtTtl = jwtTtl;
        this.dnsNames = dnsNames;
        this.revoked = revoked;
    }

    /** For whom nothing is signed, as it is now. */
    RevokedList revoked() {
        return revoked.get();
    }

    /** The chain in PEM, the workload's certificate first, the root left out. */
    String svid(Caller caller, String csr, String address, Instant now)
            throws Refusal, IOException {
        requireNotRevoked(caller);
        List<X509Certificate> chain;
        try {
            CertificateRequest request = CertificateRequest.parse(csr);
            // Checked before the token is spent: a refused request costs the caller nothing.
            if (!request.id().equals(caller.id())) {
                throw new Refusal(
                        403,
                        "csr-not-the-caller",
                        "the request is for " + request.id() + ", the caller is " + caller.id());
            }
            String unable = live.cannotSign().orElse(null);
            if (unable != null) {
                throw Refusal.unavailable("cannot-sign", unable, Duration.ofSeconds(30));
            }
            if (!caller.use().claim()) {
                throw new Refusal(401, "spent-token", "the token was for one use and is spent");
            }
            List<String> names = dnsNames.of(caller.id().path());
            chain = live.authority().issue(request, caller.id(), names, now, live.svidTtl());
        } catch (CsrException e) {
            String reason = e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
            throw new Refusal(400, "csr-" + reason, String.valueOf(e.getMessage()));
        }
        X509Certificate leaf = chain.getFirst();
        audit.append(
                AuditLog.line(now, "svid-issued")
                        .put("id", caller.id().toString())
                        .put("proof", caller.proof())
                        .put("address", address)
                        .put("serial", leaf.getSerialNumber().toString(16))
                        .put("notAfter", leaf.getNotAfter().toInstant().toString()));
        return Pem.encode(chain);
    }

    /** {@code {"token": …, "expires": …}} for {@code {"audience": "a" | ["a", …]}}. */
    String jwt(Caller caller, String body, String address, Instant now)
            throws Refusal, IOException {
        requireNotRevoked(caller);
        List<String> audience = audience(body);
        JwtSvids.Issued issued;
        try {
            issued = tokens.issue(caller.id(), audience, jwtTtl);
        } catch (UncheckedIOException e) {
            throw Refusal.unavailable(
                    "cannot-sign",
                    "no token key serves and a new one cannot be kept; see the authority's log",
                    Duration.ofSeconds(30));
        }
        audit.append(
                AuditLog.line(now, "jwt-issued")
                        .put("id", caller.id().toString())
                        .put("proof", caller.proof())
                        .put("address", address)
                        .put("audience", String.join(" ", audience))
                        .put("jti", issued.jti())
                        .put("expires", issued.expires().toString()));
        return JSON.createObjectNode()
                .put("token", issued.token())
                .put("expires", issued.expires().toString())
                .toString();
    }

    private void requireNotRevoked(Caller caller) throws Refusal {
        if (revoked.get().holds(caller.id(), caller.chain())) {
            throw new Refusal(
                    403,
                    "revoked",
                    caller.id()
                            + ", or the certificate shown, is on the list of what is revoked;"
                            + " nothing is signed for it until the mesh's operator takes it off");
        }
    }

    private static List<String> audience(String body) throws Refusal {
        List<String> audience = new ArrayList<>();
        try {
            JsonNode given = JSON.readTree(body).path("audience");
            if (given.isTextual()) {
                audience.add(given.asText());
            }
            if (given.isArray()) {
                given.forEach(one -> audience.add(one.isTextual() ? one.asText() : ""));
            }
        } catch (JsonProcessingException e) {
            throw new Refusal(400, "bad-json", "the body is not JSON");
        }
        boolean sound =
                audience.stream().allMatch(a -> !a.isBlank() && a.length() <= LONGEST_AUDIENCE);
        if (audience.isEmpty() || audience.size() > MOST_AUDIENCES || !sound) {
            throw new Refusal(
                    400,
                    "bad-audience",
                    "expected {\"audience\": \"name\"} or a list of 1 to 8 names");
        }
        return audience;
    }
}
