package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.ca.AuthorityState;
import dev.outrider.certs.ca.AuthorityStore;
import dev.outrider.certs.ca.cluster.StateSecret.Kept;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Mirror.Change;
import dev.outrider.certs.kubernetes.Mirror.Pace;
import dev.outrider.certs.kubernetes.Selector;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authority's state in a Secret that several replicas share. Each change replaces the version it
 * was made from, so of two replicas one is first and the other one makes its step again from what
 * that one kept. A mirror brings what others keep. A Secret that somebody deletes is written again
 * from memory, and one that somebody breaks leaves the last good state in use.
 *
 * <p>Guarded by its own monitor, which is held during a call of the API: steps of one replica
 * happen one after the other.
 */
final class SecretStore implements AuthorityStore {
    private static final Logger LOG = LoggerFactory.getLogger(SecretStore.class);
    private static final int MOST_RACES = 20;
    private static final Duration AWAY_AFTER = Duration.ofMinutes(1);

    private final StateSecret secret;
    private final TrustMaps trust;
    private final InstantSource clock;
    private final KubeApi api;
    private final Pace pace;
    private final Runnable ending;
    private Kept known;
    private volatile Instant confirmed;
    private volatile boolean broken;
    private volatile @Nullable Mirror mirror;
    private Consumer<AuthorityState> reader = _ -> {};

    /**
     * @param ending what else is done when the store is closed
     */
    SecretStore(
            KubeApi api,
            StateSecret secret,
            TrustMaps trust,
            Pace pace,
            InstantSource clock,
            Kept known,
            Runnable ending) {
        this.api = api;
        this.secret = secret;
        this.trust = trust;
        this.pace = pace;
        this.clock = clock;
        this.known = known;
        this.ending = ending;
        this.confirmed = clock.instant();
    }

    @Override
    public synchronized AuthorityState update(UnaryOperator<AuthorityState> step)
            throws IOException {
        try {
            for (int race = 0; race < MOST_RACES; race++) {
                AuthorityState next = step.apply(known.state());
                if (next.equals(known.state()) || replaced(next)) {
                    reader.accept(known.state());
                    return known.state();
                }
            }
        } catch (KubeException e) {
            throw new IOException(e.getMessage(), e);
        }
        throw new IOException(
                secret.path() + " was changed by others " + MOST_RACES + " times in a row");
    }

    @Override
    public synchronized void follow(Consumer<AuthorityState> given) {
        reader = given;
        String path = secret.path();
        int slash = path.lastIndexOf('/');
        mirror =
                Mirror.start(
                        api,
                        path.substring(0, slash),
                        Selector.named(path.substring(slash + 1)),
                        pace,
                        this::changed);
    }

    @Override
    public Instant confirmed(Instant now) {
        Mirror following = mirror;
        if (!broken && following != null && following.synced() && following.problem().isEmpty()) {
            confirmed = now;
        }
        return confirmed;
    }

    /**
     * Whether the API server is away, and has been for a while: nobody can be asked about tokens
     * then. That it refuses us something is no such trouble, nor is one broken watch.
     */
    boolean outOfTouch() {
        Mirror following = mirror;
        Instant now = clock.instant();
        return following != null
                && following.problem().filter(KubeException::retryable).isPresent()
                && confirmed(now).plus(AWAY_AFTER).isBefore(now);
    }

    @Override
    public void publish(TrustBundle bundle) {
        trust.publish(bundle.toPem());
    }

    @Override
    public Optional<String> undelivered() {
        return trust.undelivered();
    }

    /** Nothing is left behind. */
    @Override
    public void sweep(Instant now) {}

    @Override
    public void close() {
        Mirror following = mirror;
        if (following != null) {
            following.close();
        }
        trust.close();
        ending.run();
        api.close();
    }

    /** False when somebody was faster; {@code known} is the newest either way. */
    private boolean replaced(AuthorityState next) throws IOException, KubeException {
        try {
            known = secret.replace(known, next);
            confirmed = clock.instant();
            return true;
        } catch (KubeException e) {
            if (!e.conflict() && !e.notFound()) {
                throw e;
            }
            AuthorityState lost = known.state();
            known = loadOrCreate(secret, () -> lost);
            return false;
        }
    }

    /**
     * Reads the state, or makes it with {@code fresh} when there is none: of several replicas that
     * start at once, one is first and the others take its state.
     */
    static Kept loadOrCreate(StateSecret secret, Supplier<AuthorityState> fresh)
            throws IOException, KubeException {
        Optional<Kept> there = secret.load();
        if (there.isPresent()) {
            return there.get();
        }
        try {
            Kept made = secret.create(fresh.get());
            LOG.info("wrote the authority's state to {}", secret.path());
            return made;
        } catch (KubeException e) {
            if (!e.conflict()) {
                throw e;
            }
            Optional<Kept> faster = secret.load();
            if (faster.isPresent()) {
                return faster.get();
            }
            throw e;
        }
    }

    private void changed(Change change) {
        try {
            switch (change.type()) {
                case ADDED, MODIFIED -> take(secret.read(change.object()));
                case DELETED -> restore();
                case RESYNCED -> {
                    Mirror following = mirror;
                    if (following != null && following.objects().isEmpty()) {
                        restore();
                    }
                }
            }
        } catch (IOException e) {
            broken = true;
            LOG.error("the last good state stays in use: {}", e.getMessage());
        } catch (KubeException e) {
            LOG.error("the authority's state cannot be written again: {}", e.getMessage());
        }
    }

    private synchronized void take(Kept heard) {
        broken = false;
        if (newer(heard.version(), known.version())) {
            known = heard;
            reader.accept(heard.state());
        }
    }

    private synchronized void restore() throws IOException, KubeException {
        LOG.warn("{} was deleted; writing it again from memory", secret.path());
        AuthorityState lost = known.state();
        known = loadOrCreate(secret, () -> lost);
        reader.accept(known.state());
        broken = false;
    }

    /** Versions grow; one that is no number is taken for new. */
    private static boolean newer(String heard, String known) {
        try {
            return Long.parseLong(heard) > Long.parseLong(known);
        } catch (NumberFormatException e) {
            return !heard.equals(known);
        }
    }
}
