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
    private static final Duration FIRST_VERSION = Duration.ofSeconds(1);

    private final NamespaceBook namespaces;
    private final WebhookTrust trust;
    private final VersionWatch version;
    private final Loop versionLoop;
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
        versionLoop =
                new Loop("the API server's version", VERSION_PERIOD, this::readVersion).start();
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

    private void readVersion() throws KubeException, InterruptedException {
        version.read();
        while (version().isEmpty()) {
            Thread.sleep(FIRST_VERSION);
            version.read();
        }
    }
}
