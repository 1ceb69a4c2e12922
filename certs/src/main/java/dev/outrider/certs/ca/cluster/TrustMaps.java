package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.LeaderElection;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Mirror.Pace;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the trust bundle, and the list of what is revoked, in a ConfigMap of each namespace that
 * opted in, and of our own. Two mirrors tell what there is; whoever holds the Lease writes what
 * differs: what is missing, old, deleted or changed by hand. A namespace that opted out keeps its
 * ConfigMap, and it stays true, since sidecars may still run there.
 *
 * <p>All writing is on one virtual thread, woken by any change and by each {@link #publish}, which
 * comes at least every half minute: a write that failed is tried again then.
 */
final class TrustMaps implements AutoCloseable {
    static final String KEY = "bundle.pem";

    /** What is revoked; sidecars have it beside the bundle. */
    static final String REVOKED = "revoked";

    private static final Logger LOG = LoggerFactory.getLogger(TrustMaps.class);
    private static final String MANAGED = "app.kubernetes.io/managed-by";
    private static final int MOST_NAMED = 10;

    private final KubeApi api;
    private final String own;
    private final String name;
    private final LeaderElection election;
    private final RevokedMap revoked;
    private final Mirror namespaces;
    private final Mirror maps;
    private final BlockingQueue<Boolean> due = new LinkedBlockingQueue<>(1);
    private final Thread writer = Thread.ofVirtual().name("trust bundles").unstarted(this::run);
    private volatile String bundle = "";
    private volatile Map<String, String> failures = Map.of();
    private volatile boolean closed;

    TrustMaps(
            KubeApi api,
            ClusterSettings settings,
            LeaderElection election,
            RevokedMap revoked,
            Pace pace) {
        this.api = api;
        this.own = settings.namespace();
        this.name = settings.trustConfigMap();
        this.election = election;
        this.revoked = revoked;
        this.namespaces =
                Mirror.start(
                        api,
                        Resource.NAMESPACES.all(),
                        Selector.labels(settings.trustNamespaces()),
                        pace,
                        _ -> wake());
        this.maps =
                Mirror.start(
                        api, Resource.CONFIG_MAPS.all(), Selector.named(name), pace, _ -> wake());
        election.onTaken(this::wake);
        revoked.follow(this::wake);
        writer.start();
    }

    /** What everybody should trust from now on; the same again makes it look again. */
    void publish(String pem) {
        bundle = pem;
        wake();
    }

    /**
     * Who has not got the newest bundle, and why. Every replica sees it, so that it is noticed too
     * when nobody can hold the Lease.
     */
    Optional<String> undelivered() {
        Optional<KubeException> blind = namespaces.problem().or(maps::problem);
        if (!namespaces.synced() || !maps.synced() || blind.isPresent()) {
            return Optional.of(
                    blind.map(KubeException::getMessage).orElse("the namespaces are not read yet"));
        }
        String newest = bundle;
        Set<String> missing = new TreeSet<>(targets());
        missing.removeIf(namespace ->
                maps.find(namespace, name).filter(map -> hasBundle(map, newest)).isPresent());
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> known = failures;
        String why = missing.stream().map(known::get).filter(w -> w != null).findFirst().orElse("");
        return Optional.of(
                "namespaces without the newest trust bundle: "
                        + missing.stream().limit(MOST_NAMED).toList()
                        + (missing.size() > MOST_NAMED ? " and more" : "")
                        + (why.isEmpty() ? "" : "; " + why));
    }

    @Override
    public void close() {
        closed = true;
        namespaces.close();
        maps.close();
        writer.interrupt();
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        election.close();
    }

    private void wake() {
        // One more look is enough, however much has changed.
        var _ = due.offer(true);
    }

    private void run() {
        while (!closed) {
            try {
                due.take();
            } catch (InterruptedException e) {
                // close() woke us; the loop's condition ends it.
                continue;
            }
            String newest = bundle;
            if (!newest.isEmpty() && election.leads() && namespaces.synced() && maps.synced()) {
                writeAll(Map.of(KEY, newest, REVOKED, revoked.text()));
            }
        }
    }

    private void writeAll(Map<String, String> newest) {
        Map<String, String> failed = new TreeMap<>();
        for (String namespace : targets()) {
            if (closed) {
                return;
            }
            try {
                write(namespace, newest);
            } catch (KubeException e) {
                // Somebody else wrote just now: its change comes, and with it another look. A
                // namespace that is going takes nothing more.
                if (!e.conflict() && !e.notFound()) {
                    failed.put(namespace, String.valueOf(e.getMessage()));
                }
            }
        }
        Map<String, String> before = failures;
        failures = failed;
        failed.forEach((namespace, why) -> {
            if (!why.equals(before.get(namespace))) {
                LOG.error("namespace {} does not get the trust bundle: {}", namespace, why);
            }
        });
    }

    private void write(String namespace, Map<String, String> newest) throws KubeException {
        Map<String, @Nullable Object> there = maps.find(namespace, name).orElse(null);
        if (there == null) {
            api.create(Resource.CONFIG_MAPS.in(namespace), map(namespace, newest));
            LOG.info("gave namespace {} the trust bundle", namespace);
        } else if (!holds(there, newest) && Fields.flag(there, "immutable")) {
            // Nothing can be changed in it, nor can it be made changeable: the next look makes
            // another.
            api.delete(Resource.CONFIG_MAPS.named(namespace, name));
            LOG.warn("removed the immutable trust bundle of namespace {}", namespace);
        } else if (!holds(there, newest)) {
            Map<String, @Nullable Object> changed = new HashMap<>(there);
            Map<String, @Nullable Object> metadata = Fields.map(there, "metadata");
            Map<String, String> labels = Fields.texts(metadata, "labels");
            labels.put(MANAGED, "outrider");
            metadata.put("labels", labels);
            changed.put("metadata", metadata);
            changed.put("data", newest);
            changed.remove("binaryData");
            api.replace(Resource.CONFIG_MAPS.named(namespace, name), changed);
            LOG.info("the trust bundle of namespace {} is the newest again", namespace);
        }
    }

    /** Ours, those that opted in and are not going, and those that have it from before. */
    private Set<String> targets() {
        Set<String> targets = new TreeSet<>();
        targets.add(own);
        for (Map<String, @Nullable Object> namespace : namespaces.objects()) {
            if (!Fields.text(namespace, "status", "phase").orElse("").equals("Terminating")) {
                targets.add(Fields.name(namespace));
            }
        }
        for (Map<String, @Nullable Object> map : maps.objects()) {
            if (managed(map)) {
                targets.add(Fields.namespace(map));
            }
        }
        return targets;
    }

    private static boolean holds(Map<String, @Nullable Object> map, Map<String, String> newest) {
        return managed(map) && Fields.map(map, "data").equals(newest);
    }

    private static boolean hasBundle(Map<String, @Nullable Object> map, String newest) {
        return Fields.text(map, "data", KEY).equals(Optional.of(newest));
    }

    private static boolean managed(Map<String, @Nullable Object> object) {
        return Fields.labels(object).getOrDefault(MANAGED, "").equals("outrider");
    }

    private Map<String, Object> map(String namespace, Map<String, String> newest) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("apiVersion", "v1");
        map.put("kind", "ConfigMap");
        map.put(
                "metadata",
                Map.of(
                        "name", name,
                        "namespace", namespace,
                        "labels", Map.of(MANAGED, "outrider")));
        map.put("data", newest);
        return map;
    }
}
