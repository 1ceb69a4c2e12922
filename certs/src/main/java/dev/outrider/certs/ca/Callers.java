package dev.outrider.certs.ca;

import com.sun.net.httpserver.HttpsExchange;
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
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Finds out who asks. The handshake proves that the caller holds the certificate's key; whether the
 * certificate is one of ours is asked here, for each request, so that the caller is told why not
 * and a connection that outlives its certificate ends too.
 */
final class Callers {
    private static final String BEARER = "bearer ";

    private final List<TokenReview> reviews;

    Callers(List<TokenReview> reviews) {
        this.reviews = List.copyOf(reviews);
    }

    /** By token when one was sent, else by certificate. */
    Caller identify(HttpsExchange exchange, TrustBundle bundle, Instant now)
            throws Refusal, IOException {
        List<String> credentials = exchange.getRequestHeaders().get("Authorization");
        if (credentials == null) {
            return byCertificate(exchange, bundle, now);
        }
        String credential = credentials.getFirst();
        if (credentials.size() > 1 || !credential.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            throw new Refusal(401, "bad-authorization", "expected one: Authorization: Bearer …");
        }
        return byToken(credential.substring(BEARER.length()).strip(), now);
    }

    Caller byCertificate(HttpsExchange exchange, TrustBundle bundle, Instant now) throws Refusal {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : exchange.getSSLSession().getPeerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
        } catch (SSLPeerUnverifiedException e) {
            throw new Refusal(
                    401,
                    "no-proof",
                    "show who you are: a client certificate of this mesh, or for the first"
                            + " certificate a bootstrap token");
        }
        try {
            SpiffeId id = SvidVerifier.verify(chain, bundle, now);
            String serial = chain.getFirst().getSerialNumber().toString(16);
            return new Caller(id, "certificate " + serial, () -> true);
        } catch (SvidException e) {
            String reason = e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
            throw new Refusal(401, "certificate-" + reason, String.valueOf(e.getMessage()));
        }
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
                    return new Caller(id, label, use);
                }
            }
        }
        throw new Refusal(401, "unknown-token", "the token is not known here");
    }
}
