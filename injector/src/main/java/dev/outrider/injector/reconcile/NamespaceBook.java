package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What namespaces say of themselves, followed by a watch. Any thread. */
public final class NamespaceBook implements AutoCloseable {
    private static final String OPT_IN = "outrider.dev/inject";
    private static final Set<String> YES = Set.of("enabled", "true");
    private static final Duration ASK = Duration.ofSeconds(2);

    private final KubeApi quick;
    private final Mirror mirror;

    /** One namespace. */
    public record Facts(Map<String, String> labels, Map<String, String> annotations) {
        static Facts of(Map<String, @Nullable Object> namespace) {
            return new Facts(Fields.labels(namespace), Fields.annotations(namespace));
        }

        boolean optedIn() {
            return YES.contains(labels.getOrDefault(OPT_IN, ""));
        }
    }

    /**
     * @param changed told after each change, on the mirror's thread
     */
    NamespaceBook(KubeApi api, Mirror.Pace pace, Runnable changed) {
        this.quick = api.within(ASK);
        this.mirror =
                Mirror.start(
                        api, Resource.NAMESPACES.all(), Selector.ALL, pace, _ -> changed.run());
    }

    boolean synced() {
        return mirror.synced();
    }

    Optional<KubeException> problem() {
        return mirror.problem();
    }

    /**
     * The labels and annotations of one. A namespace that has not opted in is looked at again: the
     * API server asked because it thinks otherwise, and it may have heard of a label before we did.
     * A pod must not go without its sidecar for that.
     */
    public Facts named(String name) throws IOException {
        Optional<Facts> known = mirror.find("", name).map(Facts::of);
        if (known.isPresent() && known.get().optedIn()) {
            return known.get();
        }
        try {
            return Facts.of(quick.get(Resource.NAMESPACES.named(name)));
        } catch (KubeException e) {
            // What will be answered in a moment is waited for: the pod is made again then.
            if (known.isPresent() && !e.retryable()) {
                return known.get();
            }
            throw new IOException(e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** As far as is known here, without asking. */
    Facts known(String name) {
        return mirror.find("", name).map(Facts::of).orElse(new Facts(Map.of(), Map.of()));
    }

    /** Names of those that opted in and are not about to go, in their order. */
    Collection<String> optedIn() {
        Set<String> names = new TreeSet<>();
        for (Map<String, @Nullable Object> namespace : mirror.objects()) {
            if (Facts.of(namespace).optedIn() && !ending(namespace)) {
                names.add(Fields.name(namespace));
            }
        }
        return List.copyOf(names);
    }

    /** Whether nothing can be made in it any more. */
    boolean ending(String name) {
        return mirror.find("", name).map(NamespaceBook::ending).orElse(false);
    }

    @Override
    public void close() {
        mirror.close();
    }

    private static boolean ending(Map<String, @Nullable Object> namespace) {
        return Fields.text(namespace, "metadata", "deletionTimestamp").isPresent();
    }
}
