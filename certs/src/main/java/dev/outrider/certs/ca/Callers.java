package dev.outrider.certs.ca;

import com.sun.net.httpserver.HttpsExchange;
import dev.outrider.certs.RevokedList;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidException;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Finds out who asks. The handshake proves that the caller holds the certificate's key; whether the
 * certificate is one of ours is asked here, for each request, so that the caller is told why not
 * and a connection that outlives its certificate ends too.
 *
 * <p>Whether a certificate alone proves who asks for the next one is the place's to say: a key that
 * was stolen would else be good for ever.
 */
final class Callers {
    private static final String BEARER = "bearer ";

    private final List<TokenReview> reviews;
    private final BooleanSupplier certificateSuffices;
    private final Supplier<RevokedList> revoked;

    Callers(
            List<TokenReview> reviews,
            BooleanSupplier certificateSuffices,
            Supplier<RevokedList> revoked) {
        this.reviews = List.copyOf(reviews);
        this.certificateSuffices = certificateSuffices;
        this.revoked = revoked;
    }

    /** Who asks for a certificate: by certificate where that suffices, else by token. */
    Caller identify(HttpsExchange exchange, TrustBundle bundle, Instant now)
            throws Refusal, IOException {
        Optional<String> token = token(exchange);
        if (token.isEmpty()) {
            Caller caller = byCertificate(exchange, bundle, now);
            if (certificateSuffices.getAsBoolean()) {
                return caller;
            }
            throw new Refusal(
                    401,
                    "token-needed",
                    "a certificate alone is not renewed here: show the service account's token too"
                            + " (Authorization: Bearer …)");
        }
        // Whoever has a good token gets another certificate for one that was stolen and revoked.
        Optional<Caller> shown = shown(exchange, bundle, now).filter(this::isNotRevoked);
        if (shown.isPresent() && certificateSuffices.getAsBoolean()) {
            return shown.get();
        }
        Caller caller = byToken(token.get(), now);
        return shown.isPresent() ? both(caller, shown.get()) : caller;
    }

    Caller byCertificate(HttpsExchange exchange, TrustBundle bundle, Instant now) throws Refusal {
        List<X509Certificate> chain = chain(exchange);
        if (chain.isEmpty()) {
            throw new Refusal(
                    401,
                    "no-proof",
                    "show who you are: a client certificate of this mesh, or for the first"
                            + " certificate a bootstrap token");
        }
        try {
            return verified(chain, bundle, now);
        } catch (SvidException e) {
            String reason = e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
            throw new Refusal(401, "certificate-" + reason, String.valueOf(e.getMessage()));
        }
    }

    private boolean isNotRevoked(Caller caller) {
        return !revoked.get().holds(caller.id(), caller.chain());
    }

    /** What is sent beside a good token need not hold any more, but it must not be another's. */
    private static Caller both(Caller byToken, Caller shown) throws Refusal {
        if (!byToken.id().equals(shown.id())) {
            throw new Refusal(
                    403,
                    "token-not-the-certificates",
                    "the token is of " + byToken.id() + ", the certificate of " + shown.id());
        }
        return new Caller(
                byToken.id(), byToken.proof() + ", " + shown.proof(), byToken.use(), shown.chain());
    }

    private static Optional<String> token(HttpsExchange exchange) throws Refusal {
        List<String> credentials = exchange.getRequestHeaders().get("Authorization");
        if (credentials == null) {
            return Optional.empty();
        }
        String credential = credentials.getFirst();
        if (credentials.size() > 1 || !credential.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            throw new Refusal(401, "bad-authorization", "expected one: Authorization: Bearer …");
        }
        return Optional.of(credential.substring(BEARER.length()).strip());
    }

    /** The caller by a certificate that holds, if there is one. */
    private static Optional<Caller> shown(HttpsExchange exchange, TrustBundle bundle, Instant now) {
        try {
            List<X509Certificate> chain = chain(exchange);
            return chain.isEmpty() ? Optional.empty() : Optional.of(verified(chain, bundle, now));
        } catch (SvidException e) {
            return Optional.empty();
        }
    }

    private static Caller verified(List<X509Certificate> chain, TrustBundle bundle, Instant now)
            throws SvidException {
        SpiffeId id = SvidVerifier.verify(chain, bundle, now);
        String serial = chain.getFirst().getSerialNumber().toString(16);
        return new Caller(id, "certificate " + serial, () -> true, chain);
    }

    /** Empty when none was shown. */
    private static List<X509Certificate> chain(HttpsExchange exchange) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : exchange.getSSLSession().getPeerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
        return chain;
    }

    private Caller byToken(String token, Instant now) throws Refusal, IOException {
        for (TokenReview review : reviews) {
            switch (review.review(token, now)) {
                case TokenReview.Outcome.Unknown() -> {}
                case TokenReview.Outcome.Expired(Instant since) ->
                        throw new Refusal(
                                401,
                                "expired-token",
                                "the token ended at " + since + ", our clock says " + now);
                case TokenReview.Outcome.Refused(String reason, String detail) ->
                        throw new Refusal(401, reason, detail);
                case TokenReview.Outcome.Unavailable(String detail, Duration retryAfter) ->
                        throw Refusal.unavailable("proof-unavailable", detail, retryAfter);
                case TokenReview.Outcome.Proven(SpiffeId id, String label, TokenReview.Use use) -> {
                    return new Caller(id, label, use, List.of());
                }
            }
        }
        throw new Refusal(401, "unknown-token", "the token is not known here");
    }
}
