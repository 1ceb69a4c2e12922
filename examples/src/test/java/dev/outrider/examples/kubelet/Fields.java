package dev.outrider.examples.kubelet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** An object of a manifest; what is missing is empty. */
record Fields(Map<?, ?> map) {
    static final Fields NONE = new Fields(Map.of());

    /** The object in that field; an empty one when there is none. */
    Fields at(String name) {
        return map.get(name) instanceof Map<?, ?> inner ? new Fields(inner) : NONE;
    }

    boolean has(String name) {
        return map.get(name) != null;
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(map.get(name)).map(String::valueOf);
    }

    String required(String name) {
        return text(name)
                .orElseThrow(() -> new IllegalArgumentException("no " + name + " in " + map));
    }

    int number(String name, int otherwise) {
        return text(name).map(Integer::parseInt).orElse(otherwise);
    }

    boolean flag(String name) {
        return text(name).map(Boolean::parseBoolean).orElse(false);
    }

    List<String> texts(String name) {
        return list(name).stream().map(String::valueOf).toList();
    }

    /** The objects of a list. */
    List<Fields> all(String name) {
        List<Fields> all = new ArrayList<>();
        for (Object each : list(name)) {
            all.add(new Fields((Map<?, ?>) each));
        }
        return all;
    }

    /** An object whose values are plain, such as labels. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        return texts;
    }

    /** Refuses fields that the rehearsal does nothing with. */
    void noneBut(String what, Set<String> known) {
        Set<String> unknown = new TreeSet<>();
        map.keySet().forEach(key -> unknown.add(String.valueOf(key)));
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "the rehearsal knows nothing of " + unknown + " in " + what);
        }
    }

    private List<?> list(String name) {
        return map.get(name) instanceof List<?> list ? list : List.of();
    }
}
