package dev.outrider.injector.pod;

import dev.outrider.injector.patch.JsonPatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a pod becomes. The same pod becomes the same each time, but for the key of its
 * hooks. Immutable; any thread.
 */
public final class PodInjector {
    private final InjectionConfig config;
    private final HookKeys hookKeys;

    public PodInjector(InjectionConfig config) {
        this(config, config.hookKeys());
    }

    PodInjector(InjectionConfig config, HookKeys hookKeys) {
        this.config = config;
        this.hookKeys = hookKeys;
    }

    /** Never throws, whatever the pod is like, and never changes it. */
    public Injection inject(PodRequest request) {
        Map<String, @Nullable Object> changed = copy(request.pod());
        try {
            Optional<String> refusal = new OptIn(config).refusal(request, Node.root(changed));
            if (refusal.isPresent()) {
                return new Injection.Skipped(refusal.get());
            }
            List<String> warnings = new ArrayList<>();
            new Assembly(config, hookKeys, request, Node.root(changed), warnings).assemble();
            return new Injection.Injected(JsonPatch.between(request.pod(), changed), warnings);
        } catch (Unfit e) {
            return new Injection.Refused("outrider: " + e.getMessage());
        }
    }

    /** Takes out again what {@link #inject} put in. Never throws, and never changes the pod. */
    public Injection uninject(Map<String, @Nullable Object> pod) {
        Map<String, @Nullable Object> changed = copy(pod);
        try {
            if (Removal.from(Node.root(changed)).isEmpty()) {
                return new Injection.Skipped("it is not injected");
            }
            return new Injection.Injected(JsonPatch.between(pod, changed), List.of());
        } catch (Unfit e) {
            return new Injection.Refused("outrider: " + e.getMessage());
        }
    }

    /** The version of the sidecar that is in a pod; empty when there is none. Never throws. */
    public static Optional<String> versionIn(Map<String, @Nullable Object> pod) {
        try {
            Optional<Removal> removal = Removal.from(Node.root(copy(pod)));
            return removal.isPresent() && removal.get().container(ProxyContainer.NAME).isPresent()
                    ? Optional.of(removal.get().version())
                    : Optional.empty();
        } catch (Unfit e) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("unchecked") // a copy of a map from JSON is one again
    private static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> json) {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(JsonPatch.copy(json));
    }
}
