package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.ca.AuditLog;
import dev.outrider.certs.ca.AuthorityState;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.Issuer;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.LeaderElection;
import dev.outrider.certs.kubernetes.Mirror.Pace;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts the parts together. */
public final class ClusterAuthority {
    /** Of one call: a request that waits for it must not wait for long. */
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private ClusterAuthority() {}

    /** How soon things are tried again. */
    record Tempo(Pace pace, LeaderElection.Timing timing) {
        static final Tempo DEFAULTS = new Tempo(Pace.DEFAULTS, LeaderElection.Timing.DEFAULTS);
    }

    /**
     * Serves until closed, {@code api} and {@code audit} included, which are closed too when it
     * cannot start.
     *
     * @throws KubeException when the API refuses or is away
     * @throws IOException when what is kept cannot be used
     */
    public static CaServer start(
            KubeApi api,
            ClusterSettings cluster,
            CaSettings settings,
            AuditLog audit,
            InstantSource clock,
            SecureRandom random)
            throws IOException, KubeException {
        return start(api, cluster, settings, audit, Tempo.DEFAULTS, clock, random);
    }

    /**
     * Asks the replicas that share {@code secret} for another root; one of them begins with it
     * within half a minute.
     */
    public static void requestRotation(KubeApi api, String namespace, String secret)
            throws IOException, KubeException {
        StateSecret kept = new StateSecret(api, namespace, secret);
        while (true) {
            StateSecret.Kept now =
                    kept.load()
                            .orElseThrow(() ->
                                    new IOException(
                                            "there is no Secret "
                                                    + namespace
                                                    + "/"
                                                    + secret
                                                    + "; no authority ever ran here"));
            now.state().requireRotatable();
            try {
                var _ = kept.replace(now, now.state().requested(true));
                return;
            } catch (KubeException e) {
                if (!e.conflict()) {
                    throw e;
                }
            }
        }
    }

    static CaServer start(
            KubeApi api,
            ClusterSettings cluster,
            CaSettings settings,
            AuditLog audit,
            Tempo tempo,
            InstantSource clock,
            SecureRandom random)
            throws IOException, KubeException {
        HandedOverIssuer handedOver = null;
        RevokedMap revoked = null;
        SecretStore store = null;
        try {
            handedOver = handedOver(api, cluster, tempo.pace(), clock, random);
            revoked =
                    RevokedMap.start(
                            api, cluster.namespace(), cluster.revokedConfigMap(), tempo.pace());
            store = store(api, cluster, handedOver, revoked, tempo, clock, random);
            CaServer.Parts parts =
                    new CaServer.Parts(
                            store,
                            List.of(
                                    new ServiceAccountTokens(
                                            api, cluster.trustDomain(), cluster.audience())),
                            audit,
                            handedOver == null ? Optional::empty : handedOver,
                            store::outOfTouch,
                            revoked);
            return CaServer.start(parts, settings, clock, random);
        } catch (IOException | KubeException | RuntimeException e) {
            if (store == null) {
                close(handedOver, revoked);
            } else {
                store.close();
            }
            api.close();
            audit.close();
            throw e;
        }
    }

    private static @Nullable HandedOverIssuer handedOver(
            KubeApi api,
            ClusterSettings cluster,
            Pace pace,
            InstantSource clock,
            SecureRandom random)
            throws IOException, KubeException {
        String secret = cluster.issuerSecret().orElse(null);
        return secret == null
                ? null
                : HandedOverIssuer.start(api, cluster, secret, pace, clock, random);
    }

    private static SecretStore store(
            KubeApi api,
            ClusterSettings cluster,
            @Nullable HandedOverIssuer handedOver,
            RevokedMap revoked,
            Tempo tempo,
            InstantSource clock,
            SecureRandom random)
            throws IOException, KubeException {
        StateSecret secret =
                new StateSecret(api.within(DEADLINE), cluster.namespace(), cluster.secret());
        Supplier<AuthorityState> fresh =
                () ->
                        AuthorityState.fresh(
                                Optional.ofNullable(handedOver)
                                        .flatMap(HandedOverIssuer::get)
                                        .orElseGet(() ->
                                                Issuer.create(
                                                        cluster.trustDomain(),
                                                        cluster.algorithm(),
                                                        clock.instant(),
                                                        random)));
        StateSecret.Kept kept = SecretStore.loadOrCreate(secret, fresh);
        requireTrustDomain(kept.state().trustDomain(), cluster);
        LeaderElection election =
                LeaderElection.start(
                        api,
                        cluster.namespace(),
                        cluster.secret(),
                        cluster.replica(),
                        tempo.timing(),
                        clock);
        TrustMaps trust = new TrustMaps(api, cluster, election, revoked, tempo.pace());
        return new SecretStore(
                api, secret, trust, tempo.pace(), clock, kept, () -> close(handedOver, revoked));
    }

    private static void requireTrustDomain(String kept, ClusterSettings cluster)
            throws IOException {
        if (!kept.equals(cluster.trustDomain())) {
            throw new IOException(
                    "Secret %s/%s is of the trust domain '%s', --trust-domain says '%s'; say the"
                                    .formatted(
                                            cluster.namespace(),
                                            cluster.secret(),
                                            kept,
                                            cluster.trustDomain())
                            + " former, or name another --secret");
        }
    }

    private static void close(@Nullable HandedOverIssuer handedOver, @Nullable RevokedMap revoked) {
        if (handedOver != null) {
            handedOver.close();
        }
        if (revoked != null) {
            revoked.close();
        }
    }
}
