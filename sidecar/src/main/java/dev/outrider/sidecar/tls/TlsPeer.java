package dev.outrider.sidecar.tls;

import dev.outrider.certs.SpiffeId;
import java.time.Duration;
import java.time.Instant;

/**
 * Who a finished handshake proved the other side to be.
 *
 * @param certificateHash SHA-256 of its certificate in lower-case hex
 * @param subject its certificate's subject name, empty for most SVIDs
 * @param notAfter when the first certificate of its chain ends
 * @param validFor how long a connection may rest on the handshake by our clock: it ends before
 *     either side's certificate does, by chance a little more or less
 * @param resumed whether an earlier session spoke for it; for metrics only
 */
public record TlsPeer(
        SpiffeId id,
        String certificateHash,
        String subject,
        Instant notAfter,
        Duration validFor,
        boolean resumed) {}
