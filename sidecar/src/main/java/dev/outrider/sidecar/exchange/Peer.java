package dev.outrider.sidecar.exchange;

import dev.outrider.certs.SpiffeId;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of the client's connection; made once per connection.
 *
 * @param address where it connects from
 * @param tls whether the connection is encrypted
 * @param id the verified identity of its certificate, null without one
 * @param certificateHash SHA-256 of its certificate in lower-case hex, null without one
 * @param subject its certificate's subject name, null without one
 * @param uris what else its certificate calls it, of a client from outside the mesh; of others
 *     {@code id} says all
 * @param dnsNames likewise
 */
public record Peer(
        InetSocketAddress address,
        boolean tls,
        @Nullable SpiffeId id,
        @Nullable String certificateHash,
        @Nullable String subject,
        List<String> uris,
        List<String> dnsNames) {

    public Peer {
        uris = List.copyOf(uris);
        dnsNames = List.copyOf(dnsNames);
    }

    /** Without further names. */
    public Peer(
            InetSocketAddress address,
            boolean tls,
            @Nullable SpiffeId id,
            @Nullable String certificateHash,
            @Nullable String subject) {
        this(address, tls, id, certificateHash, subject, List.of(), List.of());
    }

    public static Peer plain(InetSocketAddress address) {
        return new Peer(address, false, null, null, null);
    }
}
