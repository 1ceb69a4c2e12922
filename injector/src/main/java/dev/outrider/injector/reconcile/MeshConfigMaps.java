package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mesh's configuration, from the control plane's namespace into each that needs it: made where
 * it is missing, put right where somebody changed it, and made anew where somebody made it
 * immutable. A copy is never taken away otherwise, since pods that run have it mounted. One thread
 * makes the changes.
 */
final class MeshConfigMaps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MeshConfigMaps.class);
    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    private static final String US = "outrider-injector";

    private final KubeApi api;
    private final String home;
    private final String name;
    private final Supplier<Collection<String>> namespaces;
    private final Journal journal;
    private final BooleanSupplier leads;
    private final Mirror mirror;
    private final Map<String, String> problems = new HashMap<>();
    private volatile boolean valid;

    /** What is spread: the last source that was whole. */
    private Optional<Map<String, String>> good = Optional.empty();

    private String fault = "";

    /**
     * @param home the control plane's namespace
     * @param namespaces that need a copy
     * @param changed told after each change, on the mirror's thread
     */
    MeshConfigMaps(
            KubeApi api,
            String home,
            String name,
            Supplier<Collection<String>> namespaces,
            Journal journal,
            BooleanSupplier leads,
            Mirror.Pace pace,
            Runnable changed) {
        this.api = api;
        this.home = home;
        this.name = name;
        this.namespaces = namespaces;
        this.journal = journal;
        this.leads = leads;
        this.mirror =
                Mirror.start(
                        api,
                        Resource.CONFIG_MAPS.all(),
                        Selector.named(name),
                        pace,
                        _ -> changed.run());
    }

    /** Whether the source is there and whole. */
    boolean valid() {
        return valid;
    }

    void reconcile() {
        if (!mirror.synced()) {
            return;
        }
        readSource();
        if (good.isEmpty()) {
            return;
        }
        problems.keySet().retainAll(namespaces.get());
        for (String namespace : namespaces.get()) {
            if (namespace.equals(home) || !leads.getAsBoolean()) {
                continue;
            }
            try {
                spread(namespace, good.get());
                problems.remove(namespace);
            } catch (KubeException e) {
                failed(namespace, e);
            }
        }
    }

    @Override
    public void close() {
        mirror.close();
    }

    private void readSource() {
        Optional<Map<String, @Nullable Object>> source = mirror.find(home, name);
        Map<String, String> data =
                source.map(found -> Fields.texts(found, "data")).orElse(Map.of());
        String now = source.isEmpty() ? "it is not there" : MeshConfig.fault(data).orElse("");
        valid = now.isEmpty();
        if (now.isEmpty()) {
            good = Optional.of(data);
        }
        if (now.equals(fault)) {
            return;
        }
        fault = now;
        if (now.isEmpty()) {
            LOG.info("ConfigMap {}/{} is whole again", home, name);
            return;
        }
        String kept = good.isEmpty() ? "nothing is spread" : "namespaces keep what it said before";
        LOG.error("ConfigMap {}/{}: {}; {}", home, name, now, kept);
        source.ifPresent(
                found -> journal.warning(about(found), "MeshConfigBroken", now + "; " + kept));
    }

    private void spread(String namespace, Map<String, String> data) throws KubeException {
        Optional<Map<String, @Nullable Object>> copy = mirror.find(namespace, name);
        if (copy.isEmpty()) {
            api.create(Resource.CONFIG_MAPS.in(namespace), configMap(namespace, data));
            LOG.info("ConfigMap {} made in namespace {}", name, namespace);
            return;
        }
        Map<String, @Nullable Object> found = copy.get();
        if (Fields.texts(found, "data").equals(data) && Fields.map(found, "binaryData").isEmpty()) {
            return;
        }
        if (Fields.flag(found, "immutable")) {
            replaceImmutable(namespace, found, data);
            return;
        }
        Map<String, @Nullable Object> right = new LinkedHashMap<>(found);
        right.remove("binaryData");
        right.put("data", data);
        Map<String, @Nullable Object> metadata = Fields.map(found, "metadata");
        Map<String, String> labels = Fields.labels(found);
        boolean ours = US.equals(labels.put(MANAGED_BY, US));
        metadata.put("labels", labels);
        right.put("metadata", metadata);
        api.replace(Resource.CONFIG_MAPS.named(namespace, name), right);
        LOG.info("ConfigMap {} of namespace {} put right", name, namespace);
        if (!ours) {
            journal.warning(
                    about(found),
                    "MeshConfigReplaced",
                    "this ConfigMap is a copy of "
                            + home
                            + "/"
                            + name
                            + "; write what is to differ in this namespace into ConfigMap"
                            + " outrider-config, key config.yaml");
        }
    }

    /**
     * Nothing can be changed in it, nor can it be made changeable. Kubelets do not look at it again
     * for pods that have it mounted, so somebody has to restart those.
     */
    private void replaceImmutable(
            String namespace, Map<String, @Nullable Object> found, Map<String, String> data)
            throws KubeException {
        api.delete(Resource.CONFIG_MAPS.named(namespace, name));
        api.create(Resource.CONFIG_MAPS.in(namespace), configMap(namespace, data));
        LOG.warn("the immutable ConfigMap {} of namespace {} was replaced", name, namespace);
        journal.warning(
                about(found),
                "MeshConfigReplaced",
                "this copy of %s/%s was immutable and old, and was made anew; pods that run keep the old one, restart them"
                        .formatted(home, name));
    }

    private Map<String, @Nullable Object> configMap(String namespace, Map<String, String> data) {
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        made.put("apiVersion", "v1");
        made.put("kind", "ConfigMap");
        made.put(
                "metadata",
                Map.of(
                        "name", name,
                        "namespace", namespace,
                        "labels", Map.of(MANAGED_BY, US)));
        made.put("data", data);
        return made;
    }

    /** A conflict means that the mirror was behind: it will say so, and the next round is right. */
    private void failed(String namespace, KubeException e) {
        String message = String.valueOf(e.getMessage());
        if (!e.conflict() && !message.equals(problems.put(namespace, message))) {
            LOG.warn("ConfigMap {} is not as it should be in {}: {}", name, namespace, message);
        }
    }

    private static Journal.About about(Map<String, @Nullable Object> configMap) {
        return new Journal.About(
                "v1",
                "ConfigMap",
                Fields.namespace(configMap),
                Fields.name(configMap),
                Fields.text(configMap, "metadata", "uid").orElse(""));
    }
}
