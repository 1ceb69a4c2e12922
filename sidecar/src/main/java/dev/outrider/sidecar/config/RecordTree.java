package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.RecordSchema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All records below a root, each once, the root first and then in the order a reader meets them.
 */
final class RecordTree {
    private RecordTree() {}

    static List<RecordSchema<?>> below(RecordSchema<?> root) {
        Map<String, RecordSchema<?>> byName = new LinkedHashMap<>();
        Deque<RecordSchema<?>> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            RecordSchema<?> record = open.pop();
            RecordSchema<?> before = byName.putIfAbsent(record.name(), record);
            if (before != null) {
                refuseNamesake(before, record);
                continue;
            }
            List<RecordSchema<?>> nested = new ArrayList<>();
            record.fields().forEach(field -> nested.addAll(field.schema().records()));
            nested.reversed().forEach(open::push);
        }
        return List.copyOf(byName.values());
    }

    private static void refuseNamesake(RecordSchema<?> one, RecordSchema<?> other) {
        if (!one.definition().equals(other.definition())) {
            throw new IllegalStateException(
                    "two records are called " + one.name() + "; rename one of them");
        }
    }
}
