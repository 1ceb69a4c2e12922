package dev.outrider.certs.ca;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.LifeTime;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state a running server signs with, and its upkeep. Whatever changes is in the store before
 * anybody sees it. Requests read the newest state; one background thread advances it, and the
 * store's own thread brings what other replicas kept.
 */
final class LiveAuthority {
    private static final Logger LOG = LoggerFactory.getLogger(LiveAuthority.class);
    private static final Duration SERVER_TTL = Duration.ofHours(24);

    /** Below this a certificate would be of no use to anybody. */
    private static final Duration SHORTEST_SVID = Duration.ofSeconds(10);

    /** After a failure to keep new token keys, while an old one still signs. */
    private static final Duration KEYS_AGAIN = Duration.ofSeconds(10);

    private final AuthorityStore store;
    private final CaSettings settings;
    private final Supplier<Optional<Issuer>> handedOver;
    private final InstantSource clock;
    private final SecureRandom random;
    private volatile AuthorityState state;
    private volatile X509Svid server;
    private volatile List<String> worries = List.of();
    private Instant keysAgain = Instant.MIN;

    LiveAuthority(
            AuthorityStore store,
            CaSettings settings,
            Supplier<Optional<Issuer>> handedOver,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        this.store = store;
        this.settings = settings;
        this.handedOver = handedOver;
        this.clock = clock;
        this.random = random;
        Instant now = clock.instant();
        this.state = store.update(kept -> upkeep().advanced(kept, now, random));
        this.server = serverSvid(now);
        store.follow(this::heard);
        store.publish(state.bundle(now));
    }

    CertificateAuthority authority() {
        return state.authority(clock.instant(), random);
    }

    AuthorityState state() {
        return state;
    }

    /** Up to when the state is known to be the newest. */
    Instant confirmed() {
        return store.confirmed(clock.instant());
    }

    Optional<String> undelivered() {
        return store.undelivered();
    }

    /** SPIFFE's {@code spiffe_sequence}. */
    long sequence() {
        return state.sequence(clock.instant());
    }

    /** What the server shows in its own handshakes. */
    X509Svid server() {
        return server;
    }

    JwtKeys.Schedule schedule() {
        return settings.schedule();
    }

    /**
     * How long a certificate may live that is signed now. Shorter than usual only when the state is
     * old: another root may have been announced since, of which we did not hear, and what we sign
     * must have ended when the others drop the one we know. Zero or less: nothing may be signed.
     */
    Duration svidTtl() {
        Instant now = clock.instant();
        AuthorityState known = state;
        Instant confirmed = store.confirmed(now);
        // While one replacement is under way no other is announced.
        Instant earliest =
                known.rotation()
                        .map(RootRotation::dropOld)
                        .filter(confirmed::isBefore)
                        .orElse(confirmed);
        Instant safe =
                earliest.plus(settings.rootDistribution())
                        .plus(longer(known.longestSvid(), settings.svidTtl()));
        Duration left = Duration.between(now, safe);
        return left.compareTo(settings.svidTtl()) < 0 ? left : settings.svidTtl();
    }

    /** Why no certificate can be given out just now. */
    Optional<String> cannotSign() {
        Instant now = clock.instant();
        Instant end = state.signing(now).intermediate().getNotAfter().toInstant();
        if (!end.isAfter(now)) {
            return Optional.of("the intermediate certificate ended at " + end);
        }
        return svidTtl().compareTo(SHORTEST_SVID) < 0
                ? Optional.of("the authority has not seen its own state for too long; see its log")
                : Optional.empty();
    }

    /** The keys of now; a rotation that is due happens here first, on the caller's thread. */
    synchronized JwtKeys keys() {
        Instant now = clock.instant();
        JwtKeys known = state.jwtKeys();
        boolean signs =
                known.keys().stream()
                        .anyMatch(key ->
                                !now.isBefore(key.signsFrom()) && now.isBefore(key.signsUntil()));
        boolean due = known.rotated(schedule(), now, random).sequence() != known.sequence();
        if (!due || (signs && now.isBefore(keysAgain))) {
            return known;
        }
        try {
            advance(now);
        } catch (IOException e) {
            if (!signs) {
                throw new UncheckedIOException("token signing keys cannot be kept", e);
            }
            keysAgain = now.plus(KEYS_AGAIN);
            LOG.error("token signing keys cannot be kept; the old one serves", e);
        }
        return state.jwtKeys();
    }

    /** The keys that readers may meet in tokens, also while no new one can be kept. */
    JwtKeys published() {
        try {
            return keys();
        } catch (UncheckedIOException e) {
            LOG.error("the token keys of before are published", e);
            return state.jwtKeys();
        }
    }

    /** Renews what is due. Called by one background thread. */
    void maintain() throws IOException {
        Instant now = clock.instant();
        try {
            advance(now);
            postpone(now);
        } finally {
            // Also while nothing can be kept: who cannot reach us cannot hear why.
            renewServer(now);
        }
        store.publish(state.bundle(now));
        store.sweep(now);
    }

    private void renewServer(Instant now) {
        X509Svid shown = server;
        if (Issuer.leftOf(shown.leaf(), now) < 0.5
                || !shown.chain().contains(state.signing(now).intermediate())) {
            server = serverSvid(now);
            LOG.info("renewed the server's own certificate: {}", server);
        }
    }

    /** Sentences about what the authority cannot mend by itself. */
    List<String> worries() {
        return worries;
    }

    private void advance(Instant now) throws IOException {
        Upkeep upkeep = upkeep();
        AuthorityState next = store.update(kept -> upkeep.advanced(kept, now, random));
        List<String> found = upkeep.worries(next, now);
        if (!found.equals(worries)) {
            found.forEach(LOG::warn);
        }
        worries = found;
    }

    /** A new root should not sign while somebody has not even got it in its bundle. */
    private void postpone(Instant now) throws IOException {
        RootRotation under = state.rotation().orElse(null);
        Duration distribution = settings.rootDistribution();
        Instant oldEnds = state.issuer().root().getNotAfter().toInstant();
        if (under == null || !under.mayWait(now, distribution, oldEnds)) {
            return;
        }
        String missing = store.undelivered().orElse(null);
        if (missing == null) {
            return;
        }
        Duration step = RootRotation.step(distribution);
        LOG.warn("the new root signs {} later: {}", LifeTime.show(step), missing);
        var _ =
                store.update(kept ->
                        kept.rotation().equals(Optional.of(under))
                                ? kept.with(under.postponed(step))
                                : kept);
    }

    private void heard(AuthorityState next) {
        AuthorityState before = state;
        state = next;
        if (!before.issuer().equals(next.issuer())) {
            LOG.info("signing with {}", next.issuer());
        }
        if (!before.rotation().equals(next.rotation())) {
            LOG.info(
                    "replacement of the root: {}",
                    next.rotation().map(RootRotation::toString).orElse("finished"));
        }
        if (before.jwtKeys().sequence() != next.jwtKeys().sequence()) {
            LOG.info("token signing keys changed: {}", next.jwtKeys().keys());
        }
    }

    private Upkeep upkeep() {
        return new Upkeep(
                settings.svidTtl(),
                settings.rootDistribution(),
                settings.schedule(),
                handedOver.get());
    }

    private X509Svid serverSvid(Instant now) {
        CertificateAuthority authority = state.authority(now, random);
        return authority.issue(
                CaClient.authorityId(state.trustDomain()),
                KeyAlgorithm.EC_P256,
                settings.hosts(),
                now,
                SERVER_TTL);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
