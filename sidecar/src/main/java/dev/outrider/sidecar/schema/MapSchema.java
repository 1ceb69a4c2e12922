package dev.outrider.sidecar.schema;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A mapping from free names to values, in file order. */
record MapSchema<T>(Schema<T> item) implements Schema<Map<String, T>> {
    @Override
    public Map<String, T> read(Value value) {
        if (!(value instanceof Value.Mapping mapping)) {
            throw new InvalidValue(value.place(), "expected a mapping of names to " + item.shape());
        }
        Problems problems = new Problems();
        Map<String, T> entries = new LinkedHashMap<>();
        mapping.entries()
                .forEach((key, each) -> {
                    T read = problems.read(item, each);
                    if (read != null) {
                        entries.put(key, read);
                    }
                });
        problems.refuse();
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public Map<String, Object> json() {
        return Map.of("type", "object", "additionalProperties", item.json());
    }

    @Override
    public List<RecordSchema<?>> records() {
        return item.records();
    }

    @Override
    public String shape() {
        return "map of name to " + item.shape();
    }

    @Override
    public Map<String, T> sample() {
        return Map.of("name", item.sample());
    }

    @Override
    public String show(Map<String, T> entries) {
        return entries.isEmpty()
                ? "none"
                : entries.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + item.show(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }
}
