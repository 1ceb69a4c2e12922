package dev.outrider.injector.manifest;

import dev.outrider.injector.manifest.KubernetesObjects.Named;
import dev.outrider.injector.manifest.text.BadText;
import dev.outrider.injector.manifest.text.Document;
import dev.outrider.injector.manifest.text.Node;
import dev.outrider.injector.manifest.text.Values;
import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.patch.JsonPointer;
import dev.outrider.injector.patch.PatchOperation;
import dev.outrider.injector.pod.Injection;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.PodRequest;
import dev.outrider.injector.pod.ServerVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks for pods in files what the webhook asks for pods in a cluster. That somebody names a file is
 * as good as a namespace's label, unless the pod itself, or its namespace in the same input, says
 * no.
 */
final class FileInjection implements Function<PodTemplate, Injection> {
    private static final String OPT_IN = "outrider.dev/inject";

    private final PodInjector injector;
    private final ServerVersion server;
    private final String namespace;
    private final Who who;
    private final Map<String, Named> namespaces = new LinkedHashMap<>();

    /** Whose pods get a sidecar. */
    enum Who {
        /** All, even those that say no. */
        ALL,
        /** All that do not say no. */
        NAMED,
        /**
         * Those that say yes, or whose namespace in the same input does: as the webhook does it.
         */
        OPTED_IN
    }

    /**
     * @param namespace of objects that do not say
     */
    FileInjection(
            PodInjector injector,
            ServerVersion server,
            String namespace,
            Who who,
            List<Source> sources)
            throws ManifestException {
        this.injector = injector;
        this.server = server;
        this.namespace = namespace;
        this.who = who;
        for (Source source : sources) {
            for (Document document : source.manifest().documents()) {
                look(source, document.root());
            }
        }
    }

    private void look(Source source, @Nullable Node root) throws ManifestException {
        try {
            if (root != null) {
                KubernetesObjects.in(Values.of(root))
                        .namespaces()
                        .forEach(it -> namespaces.put(it.name().name(), it));
            }
        } catch (BadText e) {
            throw ManifestException.at(source.name(), source.manifest().text(), e);
        }
    }

    @Override
    public Injection apply(PodTemplate template) {
        String in = template.object().namespace().orElse(namespace);
        Named named = namespaces.get(in);
        Map<String, @Nullable Object> metadata =
                named == null ? Map.of() : KubernetesObjects.object(named.fields().get("metadata"));
        Map<String, String> labels = texts(metadata, "labels");
        if (who == Who.ALL) {
            labels.put(OPT_IN, "enabled");
        } else if (who == Who.NAMED) {
            labels.putIfAbsent(OPT_IN, "enabled");
        }
        return injector.inject(
                new PodRequest(
                        who == Who.ALL ? willing(template.pod()) : template.pod(),
                        in,
                        labels,
                        texts(metadata, "annotations"),
                        template.owner(),
                        server));
    }

    /** The pod as if it said yes where it says something. */
    private static Map<String, @Nullable Object> willing(Map<String, @Nullable Object> pod) {
        List<PatchOperation> yes = new ArrayList<>();
        for (String kind : List.of("labels", "annotations")) {
            JsonPointer place = JsonPointer.parse("/metadata").child(kind);
            if (KubernetesObjects.object(KubernetesObjects.find(pod, place)).containsKey(OPT_IN)) {
                yes.add(new PatchOperation.Replace(place.child(OPT_IN), "true"));
            }
        }
        return JsonPatch.apply(pod, yes);
    }

    private static Map<String, String> texts(Map<String, @Nullable Object> metadata, String kind) {
        Map<String, String> texts = new LinkedHashMap<>();
        KubernetesObjects.object(metadata.get(kind))
                .forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }
}
