package dev.outrider.injector.manifest;

import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.patch.JsonPointer;
import dev.outrider.injector.patch.PatchOperation;
import dev.outrider.injector.pod.Injection;
import dev.outrider.injector.pod.PodInjector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Takes out of pods in files what was put in. */
final class FileRemoval implements Function<PodTemplate, Injection> {
    private final PodInjector injector;

    FileRemoval(PodInjector injector) {
        this.injector = injector;
    }

    @Override
    public Injection apply(PodTemplate template) {
        Injection removal = injector.uninject(template.pod());
        if (!(removal instanceof Injection.Injected(var operations, var warnings))) {
            return removal;
        }
        // A pod in a cluster always has metadata, a template of a Job seldom does.
        boolean isEmpty =
                JsonPatch.apply(template.pod(), operations).get("metadata")
                                instanceof Map<?, ?> metadata
                        && metadata.isEmpty();
        if (!isEmpty) {
            return removal;
        }
        List<PatchOperation> all = new ArrayList<>(operations);
        all.add(new PatchOperation.Remove(JsonPointer.parse("/metadata")));
        return new Injection.Injected(all, warnings);
    }
}
