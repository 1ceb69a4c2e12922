package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeApi.PatchType;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The caBundle of the webhook's configuration: every replica follows what the API server trusts,
 * and the one that leads puts right what is not as it should be, whoever changed it.
 */
public final class WebhookTrust implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookTrust.class);

    /** Where cert-manager's own injector keeps the bundle, two would fight over it. */
    private static final Set<String> OTHER_KEEPERS =
            Set.of(
                    "cert-manager.io/inject-ca-from",
                    "cert-manager.io/inject-ca-from-secret",
                    "cert-manager.io/inject-apiserver-ca");

    private final KubeApi api;
    private final String name;
    private final InstantSource clock;
    private final Mirror mirror;
    private final CaBundle bundle = new CaBundle();
    private volatile @Nullable Seen seen;
    private boolean saidForeign;

    /** The roots that all entries trust, and since when that is so. */
    public record Seen(List<X509Certificate> roots, Instant since) {}

    /**
     * @param changed told after each change, on the mirror's thread
     */
    WebhookTrust(
            KubeApi api, String name, Mirror.Pace pace, InstantSource clock, Runnable changed) {
        this.api = api;
        this.name = name;
        this.clock = clock;
        this.mirror =
                Mirror.start(
                        api,
                        Resource.MUTATING_WEBHOOKS.all(),
                        Selector.named(name),
                        pace,
                        change -> {
                            follow(change);
                            changed.run();
                        });
    }

    /** Empty while it is not known, or there is no such configuration. */
    public Optional<Seen> seen() {
        return Optional.ofNullable(seen);
    }

    /** Whether the API server was asked at all. */
    boolean synced() {
        return mirror.synced();
    }

    /** Puts the caBundles right. One thread, of the replica that leads. */
    void repair(Supplier<List<X509Certificate>> roots, BooleanSupplier leads) throws KubeException {
        Optional<Map<String, @Nullable Object>> configuration = mirror.find("", name);
        List<X509Certificate> wanted = roots.get();
        if (configuration.isEmpty() || wanted.isEmpty() || keptByOthers(configuration.get())) {
            return;
        }
        List<Map<String, @Nullable Object>> steps =
                bundle.patch(configuration.get(), wanted, clock.instant());
        if (steps.isEmpty() || !leads.getAsBoolean()) {
            return;
        }
        api.patch(Resource.MUTATING_WEBHOOKS.named(name), PatchType.JSON, steps);
        LOG.info(
                "{} of {} entries of MutatingWebhookConfiguration {} trust other roots now",
                steps.size() / 2,
                Fields.list(configuration.get(), "webhooks").size(),
                name);
    }

    @Override
    public void close() {
        mirror.close();
    }

    private void follow(Mirror.Change change) {
        switch (change.type()) {
            case ADDED, MODIFIED -> {
                List<X509Certificate> roots = CaBundle.trusted(change.object());
                Seen before = seen;
                if (before == null || !Set.copyOf(before.roots()).equals(Set.copyOf(roots))) {
                    seen = new Seen(roots, clock.instant());
                }
            }
            case DELETED -> {
                seen = null;
                missing();
            }
            case RESYNCED -> {
                if (mirror.find("", name).isEmpty()) {
                    missing();
                }
            }
        }
    }

    private void missing() {
        LOG.warn("there is no MutatingWebhookConfiguration {}: no pod is injected", name);
    }

    private boolean keptByOthers(Map<String, @Nullable Object> configuration) {
        Optional<String> other =
                Fields.annotations(configuration).keySet().stream()
                        .filter(OTHER_KEEPERS::contains)
                        .findFirst();
        if (other.isPresent() && !saidForeign) {
            LOG.info(
                    "the caBundle of {} is kept by cert-manager ({}); take the annotation away to"
                            + " have it kept here",
                    name,
                    other.get());
        }
        saidForeign = other.isPresent();
        return other.isPresent();
    }
}
