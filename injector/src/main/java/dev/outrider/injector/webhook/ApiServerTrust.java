package dev.outrider.injector.webhook;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the API server trusts when it calls: the caBundle of the webhook's configuration. */
public interface ApiServerTrust {
    /** The roots, and since when they have been seen so. */
    record Seen(List<X509Certificate> roots, Instant since) {
        public Seen {
            roots = List.copyOf(roots);
        }
    }

    /** Empty while it is not known. */
    Optional<Seen> seen();
}
