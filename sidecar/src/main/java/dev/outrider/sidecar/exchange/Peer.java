package dev.outrider.sidecar.exchange;

import dev.outrider.certs.SpiffeId;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of the client's connection; made once per connection.
 *
 * @param address where it connects from
 * @param tls whether the connection is encrypted
 * @param id the verified identity of its certificate, null without one
 * @param certificateHash SHA-256 of its certificate in lower-case hex, null without one
 * @param subject its certificate's subject name, null without one
 */
public record Peer(
        InetSocketAddress address,
        boolean tls,
        @Nullable SpiffeId id,
        @Nullable String certificateHash,
        @Nullable String subject) {

    public static Peer plain(InetSocketAddress address) {
        return new Peer(address, false, null, null, null);
    }
}
