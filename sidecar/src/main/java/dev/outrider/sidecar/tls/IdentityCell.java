package dev.outrider.sidecar.tls;

import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both sources publish, and how. Written by one thread, the source's; read by any. */
final class IdentityCell {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityCell.class);

    private final TlsContexts tls;
    private final CompletableFuture<Identity> ready = new CompletableFuture<>();
    private final CompletionStage<Identity> readyToSee = ready.minimalCompletionStage();
    private volatile @Nullable Identity current;
    private volatile IdentityStatus status;

    IdentityCell(String source, TlsContexts tls) {
        this.tls = tls;
        this.status = IdentityStatus.none(source);
    }

    @Nullable Identity peek() {
        return current;
    }

    Identity current() {
        Identity identity = current;
        if (identity == null) {
            throw new IllegalStateException("there is no identity yet: wait for ready()");
        }
        return identity;
    }

    CompletionStage<Identity> ready() {
        return readyToSee;
    }

    IdentityStatus status() {
        return status;
    }

    /** Takes an identity into use; if TLS cannot be made from it, the old one stays. */
    void publish(X509Svid svid, TrustBundle bundle, @Nullable Instant renewAt, Duration skew)
            throws SSLException {
        Identity fresh = tls.identity(svid, bundle);
        Identity old = current;
        boolean renewed = old != null && !old.svid().equals(svid);
        current = fresh;
        status =
                new IdentityStatus(
                        status.source(),
                        svid.id().toString(),
                        svid.notBefore(),
                        svid.notAfter(),
                        renewAt,
                        status.renewals() + (renewed ? 1 : 0),
                        0,
                        null,
                        null,
                        skew);
        LOG.info(
                "identity {} from {}, valid {} to {}, {} trusted roots",
                svid.id(),
                status.source(),
                svid.notBefore(),
                svid.notAfter(),
                bundle.roots().size());
        ready.complete(fresh);
    }

    /** Notes a success that changed nothing. */
    void confirmed(Duration skew) {
        IdentityStatus last = status;
        status = with(last, 0, null, null, skew);
    }

    /** Notes a failure; the identity in use stays. Logged once for each new text. */
    void failed(String error, Instant now, Duration skew) {
        IdentityStatus last = status;
        String text = TlsFailure.printable(error);
        status = with(last, last.failures() + 1, text, now, skew);
        if (!text.equals(last.lastError())) {
            LOG.warn("{}", status.describe(now));
        }
    }

    private static IdentityStatus with(
            IdentityStatus last,
            int failures,
            @Nullable String error,
            @Nullable Instant at,
            Duration skew) {
        return new IdentityStatus(
                last.source(),
                last.id(),
                last.notBefore(),
                last.notAfter(),
                last.renewAt(),
                last.renewals(),
                failures,
                error,
                at,
                skew);
    }
}
