package dev.outrider.sidecar.auth.edge;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.auth.Xfcc;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Tells the service behind which certificate the client has shown to this edge, in the field that
 * {@link ForgedFields} has taken out of what came from outside (Envoy's SANITIZE_SET). It is a fact
 * of the connection, whatever the route makes of it. Below {@link ForgedFields}.
 */
public final class ClientCertificateFilter implements RequestFilter {
    private final Xfcc xfcc;

    /**
     * @param self the edge's own identity, null without one
     */
    public ClientCertificateFilter(@Nullable SpiffeId self) {
        this.xfcc = new Xfcc(self);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Peer peer = exchange.peer();
        if (peer.certificateHash() != null) {
            exchange.request().headers().add(Xfcc.NAME, xfcc.element(peer));
        }
        return Verdict.CONTINUE;
    }
}
