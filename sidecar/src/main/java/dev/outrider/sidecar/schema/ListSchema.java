package dev.outrider.sidecar.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A list; a lone value counts as a list of one. */
record ListSchema<T>(Schema<T> item) implements Schema<List<T>> {
    @Override
    public List<T> read(Value value) {
        if (!(value instanceof Value.Sequence sequence)) {
            return List.of(item.read(value));
        }
        Problems problems = new Problems();
        List<T> items = new ArrayList<>(sequence.items().size());
        for (Value each : sequence.items()) {
            T read = problems.read(item, each);
            if (read != null) {
                items.add(read);
            }
        }
        problems.refuse();
        return List.copyOf(items);
    }

    @Override
    public Map<String, Object> json() {
        return Map.of("anyOf", List.of(Map.of("type", "array", "items", item.json()), item.json()));
    }

    @Override
    public List<RecordSchema<?>> records() {
        return item.records();
    }

    @Override
    public String shape() {
        return "list of " + item.shape();
    }

    @Override
    public List<T> sample() {
        return List.of(item.sample());
    }

    @Override
    public String show(List<T> items) {
        return items.isEmpty()
                ? "none"
                : String.join(", ", items.stream().map(item::show).toList());
    }
}
