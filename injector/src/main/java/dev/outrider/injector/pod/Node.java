package dev.outrider.injector.pod;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object in the pod that is being changed, and the path by which messages call it. A null counts
 * as not there, as it does for Kubernetes. What has another type than it must have is an {@link
 * Unfit}, wherever it stands. Confined to one injection.
 */
final class Node {
    private final String path;
    private final Map<String, @Nullable Object> fields;

    private Node(String path, Map<String, @Nullable Object> fields) {
        this.path = path;
        this.fields = fields;
    }

    static Node root(Map<String, @Nullable Object> document) {
        return new Node("", document);
    }

    /** The object itself; what changes in it changes in the pod. */
    Map<String, @Nullable Object> fields() {
        return fields;
    }

    boolean has(String key) {
        return fields.get(key) != null;
    }

    void put(String key, Object value) {
        fields.put(key, value);
    }

    void remove(String key) {
        fields.remove(key);
    }

    Optional<String> text(String key) throws Unfit {
        Object value = fields.get(key);
        if (value == null || value instanceof String) {
            return Optional.ofNullable((String) value);
        }
        throw wrong(key, "must be a text, so put quotes around " + brief(value));
    }

    /** The text, which must be there. */
    String name() throws Unfit {
        String name = text("name").orElse("");
        if (name.isEmpty()) {
            throw wrong("name", "is missing; every one needs a name");
        }
        return name;
    }

    boolean flag(String key) throws Unfit {
        Object value = fields.get(key);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw wrong(key, "must be true or false, not " + brief(value));
    }

    Optional<Long> number(String key) throws Unfit {
        Object value = fields.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Integer || value instanceof Long) {
            return Optional.of(((Number) value).longValue());
        }
        throw wrong(key, "must be a whole number, not " + brief(value));
    }

    /** A number or a text: Kubernetes' way to name a port. */
    Optional<Object> portReference(String key) throws Unfit {
        Object value = fields.get(key);
        return value instanceof String text ? Optional.of(text) : number(key).map(each -> each);
    }

    Optional<Node> find(String key) throws Unfit {
        Object value = fields.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map<?, ?> map) {
            return Optional.of(new Node(at(key), json(map)));
        }
        throw wrong(key, "must be an object, not " + brief(value));
    }

    /** The object there, made if there is none. */
    Node make(String key) throws Unfit {
        if (!has(key)) {
            put(key, new LinkedHashMap<String, @Nullable Object>());
        }
        return find(key).orElseThrow(() -> new IllegalStateException(key));
    }

    /** The objects of a list; none when there is no list. */
    List<Node> nodes(String key) throws Unfit {
        List<Node> nodes = new ArrayList<>();
        for (Object element : elements(key)) {
            String place = key + "[" + nodes.size() + "]";
            if (!(element instanceof Map<?, ?> map)) {
                throw wrong(place, "must be an object, not " + brief(element));
            }
            nodes.add(new Node(at(place), json(map)));
        }
        return nodes;
    }

    /** The list there, made if there is none; what changes in it changes in the pod. */
    List<@Nullable Object> list(String key) throws Unfit {
        if (!has(key)) {
            put(key, new ArrayList<@Nullable Object>());
        }
        return elements(key);
    }

    @SuppressWarnings("unchecked") // lists of a copied document hold JSON
    private List<@Nullable Object> elements(String key) throws Unfit {
        Object value = fields.get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return (List<@Nullable Object>) list;
        }
        throw wrong(key, "must be a list, not " + brief(value));
    }

    /** Texts by name, such as labels; a copy. */
    Map<String, String> texts(String key) throws Unfit {
        Map<String, String> texts = new LinkedHashMap<>();
        Optional<Node> map = find(key);
        if (map.isPresent()) {
            for (String name : map.get().fields.keySet()) {
                texts.put(name, map.get().text(name).orElse(""));
            }
        }
        return texts;
    }

    Unfit wrong(String key, String problem) {
        return new Unfit(at(key) + " " + problem);
    }

    /** The path of a member, as kubectl explain would write it. */
    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    String path() {
        return path;
    }

    private static String brief(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> _ -> "an object";
            case List<?> _ -> "a list";
            case String text when text.length() > 40 -> "'" + text.substring(0, 40) + "…'";
            case String text -> "'" + text + "'";
            default -> value.toString();
        };
    }

    @SuppressWarnings("unchecked") // objects of a copied document have texts as keys
    private static Map<String, @Nullable Object> json(Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
    }
}
