package dev.outrider.certs.ca;

import dev.outrider.certs.SpiffeId;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who asks, proven.
 *
 * @param proof how, in words that may be logged
 * @param chain that was shown and holds; empty when there was none
 */
record Caller(SpiffeId id, String proof, TokenReview.Use use, List<X509Certificate> chain) {
    Caller {
        chain = List.copyOf(chain);
    }
}
