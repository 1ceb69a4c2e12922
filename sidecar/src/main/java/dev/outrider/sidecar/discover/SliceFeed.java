package dev.outrider.sidecar.discover;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Follows the slices of some Services of one namespace by one watch, so that few connections do for
 * many. When a Service comes to be followed, a mirror of all takes the place of the one before as
 * soon as it has listed: until then the other goes on. Everything here happens under the cluster's
 * lock, but for closing mirrors, whose threads may wait for that lock.
 */
final class SliceFeed {
    /** Their names must fit into a query. */
    static final int MOST = 50;

    private static final String READ = "slice";

    private final String namespace;
    private final Cluster cluster;
    private final Map<String, ServiceWatch> followed = new LinkedHashMap<>();
    private @Nullable Following current;
    private @Nullable Following next;

    /** Whether there are Services that neither mirror covers. */
    private boolean behind;

    SliceFeed(String namespace, Cluster cluster) {
        this.namespace = namespace;
        this.cluster = cluster;
    }

    /** All that is kept of a slice: its name and labels, and what was read of it. */
    private static Map<String, @Nullable Object> trimmed(Map<String, @Nullable Object> object) {
        Map<String, @Nullable Object> kept = new HashMap<>();
        kept.put(
                "metadata",
                Map.of(
                        "name", Fields.name(object),
                        "namespace", Fields.namespace(object),
                        "resourceVersion", Fields.resourceVersion(object),
                        "labels", Fields.labels(object)));
        kept.put(READ, Slice.read(object));
        return kept;
    }

    static Selector selector(Iterable<String> services) {
        return Selector.labels(Slice.SERVICE_LABEL + " in (" + String.join(",", services) + ")");
    }

    String namespace() {
        return namespace;
    }

    boolean full() {
        return followed.size() >= MOST;
    }

    boolean empty() {
        return followed.isEmpty();
    }

    boolean behind() {
        return behind;
    }

    /** Whether one mirror covers all, and has listed. */
    boolean caughtUp() {
        return !behind && next == null && current != null;
    }

    void follow(ServiceWatch watch) {
        followed.put(watch.name().service(), watch);
        watch.feed = this;
        behind = true;
    }

    /** The mirror goes on covering it until there is another. */
    void leave(ServiceWatch watch) {
        followed.remove(watch.name().service());
        watch.feed = null;
    }

    /** Whether what it is told of that Service is what counts. */
    boolean covers(ServiceWatch watch) {
        return current != null && current.services.contains(watch.name().service());
    }

    /** Begins a mirror of all that are followed now, unless one is on its way. */
    void catchUp(KubeApi api) {
        if (!behind || next != null) {
            return;
        }
        behind = false;
        Following begun = new Following(new TreeSet<>(followed.keySet()));
        next = begun;
        begun.start(api);
    }

    /** Why the cluster is not followed just now. */
    Optional<KubeException> problem() {
        Following told = current == null ? next : current;
        return told == null || told.mirror == null ? Optional.empty() : told.mirror.problem();
    }

    /** Says again what is known, after it was doubted. */
    void repeat() {
        if (current != null) {
            current.publishAll();
        }
    }

    /** The mirrors, for whoever closes them without the lock. */
    List<Mirror> stop() {
        List<Mirror> open = new ArrayList<>();
        for (Following each : new @Nullable Following[] {current, next}) {
            if (each != null && each.mirror != null) {
                open.add(each.mirror);
            }
        }
        current = null;
        next = null;
        return open;
    }

    /** One mirror and what it has told. */
    private final class Following {
        private final TreeSet<String> services;
        private final Map<String, Kept> slices = new HashMap<>();
        private @Nullable Mirror mirror;
        private boolean synced;

        private record Kept(String service, Slice slice) {}

        Following(TreeSet<String> services) {
            this.services = services;
        }

        void start(KubeApi api) {
            mirror =
                    Mirror.start(
                            api,
                            Resource.ENDPOINT_SLICES.in(namespace),
                            selector(services),
                            Mirror.Pace.DEFAULTS,
                            SliceFeed::trimmed,
                            this::told);
        }

        /** On the mirror's thread. */
        private void told(Mirror.Change change) {
            Slice slice =
                    change.type() != Mirror.Type.DELETED
                                    && change.object().get(READ) instanceof Slice read
                            ? read
                            : null;
            String service = Fields.labels(change.object()).getOrDefault(Slice.SERVICE_LABEL, "");
            Mirror replaced = null;
            synchronized (cluster.lock()) {
                cluster.counts().event();
                if (this != current && this != next) {
                    return; // it is being closed
                }
                if (change.type() == Mirror.Type.RESYNCED) {
                    replaced = resynced();
                } else {
                    changed(Fields.name(change.object()), service, slice);
                }
            }
            if (replaced != null) {
                replaced.close();
            }
        }

        private void changed(String name, String service, @Nullable Slice slice) {
            Kept before =
                    slice == null
                            ? slices.remove(name)
                            : slices.put(name, new Kept(service, slice));
            if (!synced) {
                return; // half of a list would look like pods that went
            }
            if (before != null && !before.service.equals(service)) {
                publish(before.service);
            }
            publish(service);
        }

        private @Nullable Mirror resynced() {
            cluster.counts().list();
            synced = true;
            Mirror replaced = null;
            if (this == next) {
                replaced = current == null ? null : current.mirror;
                current = this;
                next = null;
            }
            publishAll();
            return replaced;
        }

        void publishAll() {
            services.forEach(this::publish);
        }

        private void publish(String service) {
            ServiceWatch watch = followed.get(service);
            if (watch != null && services.contains(service)) {
                List<Slice> its =
                        slices.values().stream()
                                .filter(each -> each.service.equals(service))
                                .map(Kept::slice)
                                .toList();
                cluster.followed(watch, new ServiceSlices(its));
            }
        }
    }
}
