package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Tells the app who called. Bad certificates never get this far, the TLS handshake refused them; in
 * strict mode a caller without any is refused here. What the caller itself said in {@code
 * x-forwarded-client-cert} is taken out, and the verified peer, if there is one, put in its place
 * (Envoy's SANITIZE_SET); only what an edge of the mesh has said of a client outside is kept,
 * before that (APPEND_FORWARD).
 */
public final class PeerFilter implements RequestFilter {
    private final MtlsMode mode;
    private final Xfcc xfcc;
    private final IdentityPattern[] edges;

    private final LongAdder refused = new LongAdder();
    private final LongAdder plain = new LongAdder();

    /**
     * @param edges patterns of those who are believed about clients outside the mesh
     */
    public PeerFilter(MtlsMode mode, SpiffeId self, List<String> edges) {
        this.mode = mode;
        this.xfcc = new Xfcc(self);
        this.edges = edges.stream().map(IdentityPattern::parse).toArray(IdentityPattern[]::new);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Peer peer = exchange.peer();
        Headers headers = exchange.request().headers();
        SpiffeId id = peer.id();
        String outside = id != null && isEdge(id) ? Xfcc.said(headers) : null;
        headers.removeSpellings(Xfcc.NAME);
        if (id != null) {
            String own = xfcc.element(peer);
            headers.add(Xfcc.NAME, outside == null ? own : outside + "," + own);
            return Verdict.CONTINUE;
        }
        return switch (mode) {
            case PERMISSIVE -> {
                plain.increment();
                yield Verdict.CONTINUE;
            }
            case STRICT -> {
                refused.increment();
                yield new Verdict.Reject(
                        new Failure.Refused(
                                403,
                                "no-identity",
                                (peer.tls() ? "TLS without a certificate" : "a plain connection")
                                        + " from "
                                        + peer.address()
                                        + " where mutual TLS is required"));
            }
        };
    }

    private boolean isEdge(SpiffeId id) {
        for (IdentityPattern each : edges) {
            if (each.matches(id)) {
                return true;
            }
        }
        return false;
    }

    /**
     * For metrics.
     *
     * @param refused requests refused for want of an identity
     * @param plain requests let in without one, in permissive mode
     */
    public record Counts(long refused, long plain) {}

    public Counts counts() {
        return new Counts(refused.sum(), plain.sum());
    }
}
