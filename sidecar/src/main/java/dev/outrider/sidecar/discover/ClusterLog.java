package dev.outrider.sidecar.discover;

import dev.outrider.sidecar.discover.ServiceWatch.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once for each namespace that its endpoints cannot be read, and when they can again. Any
 * thread.
 */
final class ClusterLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.outrider.kubernetes");

    /** An app can make up namespaces too. */
    private static final int MOST = 32;

    private final Map<String, Status> said = new ConcurrentHashMap<>();

    void trouble(Status status, ServiceName service, String why) {
        String namespace = service.namespace();
        if (said.size() >= MOST && !said.containsKey(namespace)
                || said.put(namespace, status) == status) {
            return;
        }
        if (status == Status.DENIED) {
            LOG.warn(
                    "endpoints in namespace {} cannot be read: listed Services are looked up in DNS,"
                            + " and of the others nobody is known to have a sidecar ({})",
                    namespace,
                    why);
        } else {
            LOG.warn("endpoints in namespace {} are not known yet: {}", namespace, why);
        }
    }

    void fine(ServiceName service) {
        if (said.remove(service.namespace()) != null) {
            LOG.info("endpoints in namespace {} can be read", service.namespace());
        }
    }
}
