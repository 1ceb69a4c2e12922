package dev.outrider.certs.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** RFC 7396 and RFC 6902 on maps and lists. */
final class FakePatch {
    private FakePatch() {}

    static Map<String, @Nullable Object> merge(
            Map<String, @Nullable Object> target, Map<String, @Nullable Object> patch) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(target);
        patch.forEach((name, value) -> {
            if (value == null) {
                merged.remove(name);
            } else if (value instanceof Map<?, ?>) {
                merged.put(name, merge(Fields.map(merged.get(name)), Fields.map(value)));
            } else {
                merged.put(name, value);
            }
        });
        return merged;
    }

    /**
     * @throws IllegalArgumentException for an operation that does not apply
     */
    static Map<String, @Nullable Object> json(
            Map<String, @Nullable Object> target, List<@Nullable Object> operations) {
        @Nullable Object document = FakeObjects.copy(target);
        for (Object operation : operations) {
            List<String> path = pointer(Fields.text(operation, "path").orElse(""));
            Object value = Fields.map(operation).get("value");
            String kind = Fields.text(operation, "op").orElse("");
            switch (kind) {
                case "add" -> document = set(document, path, value, true);
                case "replace" -> document = set(document, path, value, false);
                case "remove" -> remove(document, path);
                case "test" -> {
                    if (!Objects.equals(at(document, path), value)) {
                        throw new IllegalArgumentException("testing path " + path + " failed");
                    }
                }
                case "copy", "move" -> {
                    List<String> from = pointer(Fields.text(operation, "from").orElse(""));
                    Object moved = at(document, from);
                    if (kind.equals("move")) {
                        remove(document, from);
                    }
                    document = set(document, path, moved, true);
                }
                default -> throw new IllegalArgumentException("no operation '" + kind + "'");
            }
        }
        return Fields.map(document);
    }

    private static List<String> pointer(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            parts.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return parts.subList(1, parts.size());
    }

    private static @Nullable Object at(@Nullable Object document, List<String> path) {
        Object at = document;
        for (String part : path) {
            at =
                    switch (at) {
                        case Map<?, ?> map when map.containsKey(part) -> map.get(part);
                        case List<?> list when !part.equals("-") ->
                                list.get(Integer.parseInt(part));
                        case null, default ->
                                throw new IllegalArgumentException("no member " + path);
                    };
        }
        return at;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Object set(
            @Nullable Object document, List<String> path, @Nullable Object value, boolean add) {
        if (path.isEmpty()) {
            return value;
        }
        String last = path.getLast();
        switch (at(document, path.subList(0, path.size() - 1))) {
            case Map<?, ?> map -> {
                if (!add && !map.containsKey(last)) {
                    throw new IllegalArgumentException("no member " + path);
                }
                ((Map<String, @Nullable Object>) map).put(last, value);
            }
            case List<?> list -> {
                List<@Nullable Object> elements = (List<@Nullable Object>) list;
                int index = last.equals("-") ? list.size() : Integer.parseInt(last);
                if (add) {
                    elements.add(index, value);
                } else {
                    elements.set(index, value);
                }
            }
            case null, default -> throw new IllegalArgumentException("no member " + path);
        }
        return document;
    }

    private static void remove(@Nullable Object document, List<String> path) {
        String last = path.getLast();
        switch (at(document, path.subList(0, path.size() - 1))) {
            case Map<?, ?> map when map.containsKey(last) -> map.remove(last);
            case List<?> list -> list.remove(Integer.parseInt(last));
            case null, default -> throw new IllegalArgumentException("no member " + path);
        }
    }
}
