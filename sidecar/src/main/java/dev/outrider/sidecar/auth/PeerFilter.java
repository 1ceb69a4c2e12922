package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import java.util.concurrent.atomic.LongAdder;

/**
 * Tells the app who called. Bad certificates never get this far, the TLS handshake refused them; in
 * strict mode a caller without any is refused here. What the caller itself said in {@code
 * x-forwarded-client-cert} is always taken out, and the verified peer, if there is one, put in its
 * place (Envoy's SANITIZE_SET).
 */
public final class PeerFilter implements RequestFilter {
    private static final int REMEMBERED = 4096;

    private final MtlsMode mode;
    private final SpiffeId self;

    /** Elements by certificate: built once for a certificate, not for each request. */
    private final ExpiringCache<String, String> elements = new ExpiringCache<>(REMEMBERED);

    private final LongAdder refused = new LongAdder();
    private final LongAdder plain = new LongAdder();

    public PeerFilter(MtlsMode mode, SpiffeId self) {
        this.mode = mode;
        this.self = self;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Peer peer = exchange.peer();
        Headers headers = exchange.request().headers();
        headers.removeSpellings(Xfcc.NAME);
        SpiffeId id = peer.id();
        if (id != null) {
            headers.add(Xfcc.NAME, element(peer, id));
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

    private String element(Peer peer, SpiffeId id) {
        String hash = peer.certificateHash();
        if (hash == null) {
            return Xfcc.element(self, peer, id);
        }
        String element = elements.get(hash, self, 0);
        if (element == null) {
            element = Xfcc.element(self, peer, id);
            elements.put(hash, element, self, Long.MAX_VALUE);
        }
        return element;
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
