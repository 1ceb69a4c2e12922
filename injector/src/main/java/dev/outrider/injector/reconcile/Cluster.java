package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.injector.pod.ServerVersion;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What every replica has to know of the cluster to answer the API server. Any thread. */
public final class Cluster implements AutoCloseable {
    private static final Duration VERSION_PERIOD = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final NamespaceBook namespaces;
    private final WebhookTrust trust;
    private final VersionWatch version;
    private final Loop versionLoop;

    /** When the version was asked for. Only its loop's thread. */
    private long asked;

    private final List<Runnable> namespaceListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> trustListeners = new CopyOnWriteArrayList<>();

    /**
     * @param webhook the MutatingWebhookConfiguration's name
     */
    public Cluster(KubeApi api, String webhook, Mirror.Pace pace, InstantSource clock) {
        namespaces = new NamespaceBook(api, pace, () -> namespaceListeners.forEach(Runnable::run));
        trust =
                new WebhookTrust(
                        api, webhook, pace, clock, () -> trustListeners.forEach(Runnable::run));
        version = new VersionWatch(api);
        versionLoop = new Loop("the API server's version", LOOK, this::readVersion).start();
    }

    public NamespaceBook namespaces() {
        return namespaces;
    }

    public WebhookTrust trust() {
        return trust;
    }

    public Optional<ServerVersion> version() {
        return version.version();
    }

    /** What is not known yet, in words. */
    public List<String> unready() {
        List<String> unready = new ArrayList<>();
        if (!namespaces.synced()) {
            unready.add(
                    "namespaces are not known yet"
                            + namespaces.problem().map(e -> ": " + e.getMessage()).orElse(""));
        }
        if (version().isEmpty()) {
            unready.add("the API server's version is not known yet");
        }
        return unready;
    }

    void onNamespaces(Runnable listener) {
        namespaceListeners.add(listener);
    }

    void onTrust(Runnable listener) {
        trustListeners.add(listener);
    }

    void forget(Runnable listener) {
        namespaceListeners.remove(listener);
        trustListeners.remove(listener);
    }

    @Override
    public void close() {
        versionLoop.close();
        namespaces.close();
        trust.close();
    }

    /** Each second until it is known, then each minute, also after a failure. */
    private void readVersion() throws KubeException {
        long now = System.nanoTime();
        if (version().isEmpty() || now - asked >= VERSION_PERIOD.toNanos()) {
            asked = now;
            version.read();
        }
    }
}
