package dev.outrider.sidecar.tls;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidException;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Asks the mesh's authority: at once without an identity, then at a random point of 50 to 70 % of
 * its life or as soon as it is revoked, and for the roots every few minutes, so that a new root is
 * known before anybody is certified under it. A failure leaves the identity in use and is tried
 * again with growing pauses.
 *
 * <p>The wall clock is looked at every half second rather than slept to, since it may jump and the
 * machine may be suspended: after either the certificate's end is where the clock says.
 */
final class CaIdentitySource implements IdentitySource {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration BUNDLE_EVERY = Duration.ofMinutes(5);

    private final SpiffeId id;
    private final Authority authority;
    private final @Nullable IdentityCache cache;
    private final InstantSource clock;
    private final SecureRandom random;
    private final TlsContexts tls;
    private final IdentityCell cell;
    private final Thread renewer;
    private volatile boolean closed;

    // Of the renewer thread alone.
    private Instant renewAt = Instant.MIN;
    private Instant bundleAt = Instant.MIN;
    private @Nullable X509Svid hastened;
    private int failures;

    private CaIdentitySource(
            SpiffeId id, IdentityCa ca, TlsContexts tls, InstantSource clock, SecureRandom random) {
        this.id = id;
        this.authority = new Authority(id, ca, clock, random);
        Path directory = ca.cache();
        this.cache = directory == null ? null : new IdentityCache(directory);
        this.clock = clock;
        this.random = random;
        this.tls = tls;
        this.cell = new IdentityCell("the authority " + ca.address(), tls);
        this.renewer = Thread.ofVirtual().name("identity-ca").unstarted(this::run);
    }

    static CaIdentitySource start(
            SpiffeId id, IdentityCa ca, TlsContexts tls, InstantSource clock, SecureRandom random) {
        CaIdentitySource source = new CaIdentitySource(id, ca, tls, clock, random);
        source.renewer.start();
        return source;
    }

    @Override
    public Identity current() {
        return cell.current();
    }

    @Override
    public @Nullable Identity peek() {
        return cell.peek();
    }

    @Override
    public CompletionStage<Identity> ready() {
        return cell.ready();
    }

    @Override
    public IdentityStatus status() {
        return cell.status();
    }

    @Override
    public void close() {
        closed = true;
        renewer.interrupt();
    }

    private void run() {
        try {
            restore();
            while (!closed) {
                Instant now = clock.instant();
                hasten(now);
                if (!now.isBefore(renewAt)) {
                    attempt(this::renew);
                } else if (!now.isBefore(bundleAt)) {
                    attempt(this::refreshBundle);
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
        } finally {
            authority.close();
        }
    }

    /** A certificate that was stolen and revoked is of no use to us either: once for each. */
    private void hasten(Instant now) {
        Identity current = cell.peek();
        if (current != null && !current.svid().equals(hastened) && tls.revokes(current.svid())) {
            hastened = current.svid();
            renewAt = now;
        }
    }

    private interface Step {
        void run() throws Authority.Unavailable, IOException;
    }

    private void attempt(Step step) {
        try {
            step.run();
            failures = 0;
        } catch (Authority.Unavailable e) {
            postpone(e.getMessage(), e.retryAfter());
        } catch (IOException | RuntimeException | Error e) {
            // An error too, such as a class that cannot be loaded: a renewer that is gone renews
            // nothing ever after.
            postpone(e.toString(), null);
        }
    }

    private void postpone(@Nullable String error, @Nullable Duration asked) {
        if (closed) {
            return;
        }
        failures++;
        Duration wait = RenewalPlan.backoff(failures, random);
        Instant now = clock.instant();
        Instant again = now.plus(asked != null && asked.compareTo(wait) > 0 ? asked : wait);
        renewAt = again.isAfter(renewAt) ? again : renewAt;
        bundleAt = again.isAfter(bundleAt) ? again : bundleAt;
        cell.failed(String.valueOf(error), now, authority.skew());
    }

    private void restore() {
        if (cache == null) {
            return;
        }
        Instant now = clock.instant();
        try {
            IdentityCache.Kept kept = cache.load(id, now).orElse(null);
            if (kept != null) {
                authority.alsoTrust(kept.bundle());
                X509Svid svid = kept.svid();
                Instant next = RenewalPlan.renewAt(svid.notBefore(), svid.notAfter(), random);
                cell.publish(svid, kept.bundle(), next, Duration.ZERO);
                renewAt = next;
            }
        } catch (IOException | RuntimeException e) {
            cell.failed("the kept identity is not used: " + e.getMessage(), now, Duration.ZERO);
        }
    }

    private void renew() throws Authority.Unavailable, IOException {
        Identity current = cell.peek();
        TrustBundle bundle = authority.bundle();
        X509Svid svid = authority.svid(current == null ? null : current.svid());
        Instant now = clock.instant();
        // From now and not from notBefore, which is back-dated: else a clock that is ahead would
        // have the next one asked for at once.
        Instant next = RenewalPlan.renewAt(now, svid.notAfter(), random);
        cell.publish(svid, bundle, next, authority.skew());
        // Only now: what could not be published is due still.
        renewAt = next;
        bundleAt = nextBundle(now);
        keep(svid, bundle);
    }

    private void refreshBundle() throws Authority.Unavailable, IOException {
        Identity current = cell.current();
        TrustBundle bundle = authority.bundle();
        if (bundle.equals(current.bundle())) {
            cell.confirmed(authority.skew());
            bundleAt = nextBundle(clock.instant());
            return;
        }
        Instant next = convinces(current.svid(), bundle) ? renewAt : clock.instant();
        cell.publish(current.svid(), bundle, next, authority.skew());
        renewAt = next;
        bundleAt = nextBundle(clock.instant());
        keep(current.svid(), bundle);
    }

    /** Whether peers that have the new roots already would accept us. */
    private boolean convinces(X509Svid svid, TrustBundle bundle) {
        try {
            var _ = SvidVerifier.verify(svid.chain(), bundle, clock.instant());
            return true;
        } catch (SvidException e) {
            return false;
        }
    }

    /** A cache that cannot be written is reported, but the identity is in use already. */
    private void keep(X509Svid svid, TrustBundle bundle) {
        if (cache == null) {
            return;
        }
        try {
            cache.save(svid, bundle);
        } catch (IOException | RuntimeException e) {
            cell.failed("the identity could not be kept: " + e, clock.instant(), authority.skew());
        }
    }

    private Instant nextBundle(Instant now) {
        return now.plusMillis(
                random.nextLong(BUNDLE_EVERY.toMillis() / 2, BUNDLE_EVERY.toMillis()));
    }
}
