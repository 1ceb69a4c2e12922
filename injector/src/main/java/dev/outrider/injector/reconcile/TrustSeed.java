package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trust bundle's ConfigMap for namespaces that did not opt in but have a pod that asks for a
 * sidecar. The authority delivers it to those that opted in, and keeps each one that is there and
 * marked as its own; so it is only begun here, and never changed. One thread.
 */
final class TrustSeed {
    private static final Logger LOG = LoggerFactory.getLogger(TrustSeed.class);

    /** Nothing says that it is still there, so it is made again now and then. */
    private static final Duration AGAIN = Duration.ofMinutes(5);

    private final KubeApi api;
    private final String name;
    private final Supplier<String> bundle;
    private final Map<String, Instant> begun = new HashMap<>();
    private final Map<String, String> problems = new HashMap<>();

    /**
     * @param bundle the roots of now in PEM; empty while they are not known
     */
    TrustSeed(KubeApi api, String name, Supplier<String> bundle) {
        this.api = api;
        this.name = name;
        this.bundle = bundle;
    }

    /** One namespace that takes nothing, say for its quota, keeps no other from its bundle. */
    void reconcile(Collection<String> namespaces, Instant now) {
        begun.keySet().retainAll(namespaces);
        problems.keySet().retainAll(namespaces);
        String pem = bundle.get();
        for (String namespace : namespaces) {
            Instant before = begun.get(namespace);
            if (!pem.isEmpty() && (before == null || !now.isBefore(before.plus(AGAIN)))) {
                try {
                    begin(namespace, pem);
                    begun.put(namespace, now);
                    problems.remove(namespace);
                } catch (KubeException e) {
                    failed(namespace, String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private void failed(String namespace, String message) {
        if (!message.equals(problems.put(namespace, message))) {
            LOG.warn("namespace {} does not get the trust bundle: {}", namespace, message);
        }
    }

    private void begin(String namespace, String pem) throws KubeException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("apiVersion", "v1");
        map.put("kind", "ConfigMap");
        map.put(
                "metadata",
                Map.of(
                        "name",
                        name,
                        "namespace",
                        namespace,
                        // The authority's own mark: from here on it keeps the bundle true.
                        "labels",
                        Map.of("app.kubernetes.io/managed-by", "outrider")));
        map.put("data", Map.of("bundle.pem", pem));
        try {
            api.create(Resource.CONFIG_MAPS.in(namespace), map);
            LOG.info(
                    "gave namespace {} the trust bundle, for a pod that asked by itself",
                    namespace);
        } catch (KubeException e) {
            // It is there; or the namespace is going.
            if (!e.conflict() && !e.notFound()) {
                throw e;
            }
        }
    }
}
