package dev.outrider.examples.kubelet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The objects of a file, in its order. */
record Manifests(List<Fields> objects) {
    static Manifests read(String text) {
        List<Fields> objects = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
            if (document instanceof Map<?, ?> object) {
                objects.add(new Fields(object));
            }
        }
        return new Manifests(List.copyOf(objects));
    }

    /** The one of that kind and name. */
    Fields find(String kind, String name) {
        return objects.stream()
                .filter(it -> it.text("kind").filter(kind::equals).isPresent())
                .filter(it -> it.at("metadata").text("name").filter(name::equals).isPresent())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("there is no " + kind + " " + name));
    }

    List<Fields> all(String kind) {
        return objects.stream()
                .filter(it -> it.text("kind").filter(kind::equals).isPresent())
                .toList();
    }
}
