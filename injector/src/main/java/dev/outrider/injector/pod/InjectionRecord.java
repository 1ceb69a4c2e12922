package dev.outrider.injector.pod;

import dev.outrider.certs.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was put into a pod, as an annotation says it: for people, and so that all of it can be taken
 * out again. Of what was changed it keeps what was there before. Confined to one injection.
 */
final class InjectionRecord {
    static final String ANNOTATION = "outrider.dev/injected";

    /** So that Services, policies and people can select pods with a sidecar. */
    static final String LABEL = "outrider.dev/mesh";

    private static final String IS = "is";
    private static final String WAS = "was";

    /** Of a hook that was made: whether its container had a {@code lifecycle}. */
    static final String BESIDE = "beside";

    private static final String PULL_SECRETS = "imagePullSecrets";

    private final Map<String, @Nullable Object> json;

    private InjectionRecord(Map<String, @Nullable Object> json) {
        this.json = json;
    }

    static InjectionRecord start(String version, PodSettings settings) {
        return new InjectionRecord(
                Fields.of(
                        "version",
                        version,
                        "image",
                        settings.image(),
                        "sidecar",
                        settings.nativeSidecar() ? "native" : "classic",
                        "containers",
                        List.of(ProxyContainer.INIT_NAME, ProxyContainer.NAME),
                        "volumes",
                        Volumes.NAMES,
                        "resources",
                        ProxyContainer.resources(settings.resources())));
    }

    /** The record that a pod carries, if it was injected. */
    static Optional<InjectionRecord> of(Map<String, String> annotations) throws Unfit {
        String text = annotations.get(ANNOTATION);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new InjectionRecord(Json.object(text)));
        } catch (IllegalArgumentException e) {
            throw new Unfit(
                    "the annotation %s is not what an injector writes (%s); take it away"
                            .formatted(ANNOTATION, e.getMessage()));
        }
    }

    String text() {
        return Json.write(json);
    }

    /** Whether what stands in a container now is what was put there. */
    boolean isUnchanged(String field, @Nullable Object now) {
        return Objects.equals(json.get(field), now);
    }

    String version() throws Unfit {
        return node().text("version").orElse("");
    }

    /** Names of the lists {@code containers} or {@code volumes}. */
    boolean names(String list, String name) {
        return json.get(list) instanceof List<?> names && names.contains(name);
    }

    void probe(String container, String key, Node probe, String handler) {
        Map<String, @Nullable Object> was = Fields.of(handler, before(probe, handler));
        if (probe.has("timeoutSeconds")) {
            was.put("timeoutSeconds", probe.fields().get("timeoutSeconds"));
        }
        section("probes", container).put(key, was);
    }

    void hook(String container, String key, Node hook, String handler) {
        section("hooks", container).put(key, Fields.of(handler, before(hook, handler)));
    }

    /**
     * A hook where there was none.
     *
     * @param beside whether the container had others
     */
    void madeHook(String container, String key, boolean beside) {
        section("hooks", container).put(key, Fields.of(BESIDE, beside));
    }

    void pullSecrets(List<String> added) {
        json.put(PULL_SECRETS, added);
    }

    /** Names of those that were added. */
    List<String> pullSecrets() {
        return json.get(PULL_SECRETS) instanceof List<?> names
                ? names.stream().map(String::valueOf).toList()
                : List.of();
    }

    private static Object before(Node probe, String handler) {
        return Objects.requireNonNull(probe.fields().get(handler));
    }

    /** Sets a member of an object of the pod, such as an annotation, and keeps what it was. */
    void change(String where, Node object, String name, Object value) {
        Object was = object.fields().get(name);
        if (value.equals(was)) {
            return;
        }
        Map<String, @Nullable Object> change = Fields.of(IS, value);
        if (was != null) {
            change.put(WAS, was);
        }
        member(where).put(name, change);
        object.put(name, value);
    }

    /** Sets back what {@link #change} did, unless somebody else has changed it since. */
    void restore(String where, Node object) throws Unfit {
        Optional<Node> changes = node().find(where);
        if (changes.isEmpty()) {
            return;
        }
        for (String name : changes.get().fields().keySet()) {
            Optional<Node> change = changes.get().find(name);
            if (change.isEmpty()
                    || !Objects.equals(object.fields().get(name), change.get().fields().get(IS))) {
                continue;
            }
            Object was = change.get().fields().get(WAS);
            if (was == null) {
                object.remove(name);
            } else {
                object.put(name, was);
            }
        }
    }

    /** What stood in the probes or hooks of a container, by the probe's key. */
    Optional<Node> originals(String kind, String container) throws Unfit {
        Optional<Node> containers = node().find(kind);
        return containers.isEmpty() ? Optional.empty() : containers.get().find(container);
    }

    private Node node() {
        return Node.root(json);
    }

    private Map<String, @Nullable Object> section(String kind, String name) {
        return object(member(kind), name);
    }

    private Map<String, @Nullable Object> member(String name) {
        return object(json, name);
    }

    @SuppressWarnings("unchecked") // only this class has put it there
    private static Map<String, @Nullable Object> object(
            Map<String, @Nullable Object> parent, String name) {
        return (Map<String, @Nullable Object>)
                Objects.requireNonNull(
                        parent.computeIfAbsent(
                                name, _ -> new LinkedHashMap<String, @Nullable Object>()));
    }
}
