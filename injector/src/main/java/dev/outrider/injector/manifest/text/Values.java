package dev.outrider.injector.manifest.text;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a tree means: maps that keep their order, lists and scalars, with aliases followed and merge
 * keys taken in. Bounded, since aliases of aliases grow without end. Used once.
 */
public final class Values {
    private static final int MOST = 5_000_000;

    private final Map<Node, @Nullable Object> known;
    private int left = MOST;

    private Values(Map<Node, @Nullable Object> known) {
        this.known = known;
    }

    public static @Nullable Object of(Node node) throws BadText {
        return new Values(new IdentityHashMap<>()).value(node);
    }

    /** The same, for anchored nodes that have come to mean something else. */
    static @Nullable Object of(Node node, Map<Node, @Nullable Object> known) throws BadText {
        return new Values(known).value(node);
    }

    private @Nullable Object value(Node node) throws BadText {
        if (--left < 0) {
            throw new BadText(node.start(), "its aliases stand for too much; write it out");
        }
        if (known.containsKey(node)) {
            return known.get(node);
        }
        return switch (node) {
            case Node.Scalar scalar -> scalar.value();
            case Node.Alias alias -> value(alias.target());
            case Node.Sequence sequence -> {
                List<@Nullable Object> items = new ArrayList<>(sequence.items().size());
                for (Node item : sequence.items()) {
                    items.add(value(item));
                }
                yield items;
            }
            case Node.Mapping mapping -> {
                Map<String, @Nullable Object> entries = new LinkedHashMap<>();
                for (Node.Entry entry : mapping.entries()) {
                    if (!entry.key().isMergeKey()) {
                        entries.put(entry.key().text(), value(entry.value()));
                    }
                }
                merged(mapping).forEach(entries::putIfAbsent);
                yield entries;
            }
        };
    }

    /** What a mapping has from others, by its merge key. */
    static Map<String, @Nullable Object> merged(
            Node.Mapping mapping, Map<Node, @Nullable Object> known) throws BadText {
        return new Values(known).merged(mapping);
    }

    private Map<String, @Nullable Object> merged(Node.Mapping mapping) throws BadText {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>();
        for (Node.Entry entry : mapping.entries()) {
            if (!entry.key().isMergeKey()) {
                continue;
            }
            Object value = value(entry.value());
            for (Object from : value instanceof List<?> list ? list : List.of(present(value))) {
                if (!(from instanceof Map<?, ?> map)) {
                    throw new BadText(entry.value().start(), "<< takes in mappings only");
                }
                // The earlier of several has the say.
                map.forEach((key, it) -> merged.putIfAbsent(String.valueOf(key), it));
            }
        }
        return merged;
    }

    private static Object present(@Nullable Object value) {
        return value == null ? "" : value;
    }

    /** Whether two values are the same to a reader of JSON, whatever types their numbers have. */
    public static boolean same(@Nullable Object one, @Nullable Object other) {
        if (one instanceof Map<?, ?> left && other instanceof Map<?, ?> right) {
            return left.size() == right.size()
                    && left.entrySet().stream()
                            .allMatch(entry ->
                                    right.containsKey(entry.getKey())
                                            && same(entry.getValue(), right.get(entry.getKey())));
        }
        if (one instanceof List<?> left && other instanceof List<?> right) {
            boolean same = left.size() == right.size();
            for (int index = 0; same && index < left.size(); index++) {
                same = same(left.get(index), right.get(index));
            }
            return same;
        }
        if (one instanceof Number left && other instanceof Number right && !one.equals(other)) {
            return isFinite(left)
                    && isFinite(right)
                    && new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString()))
                            == 0;
        }
        return Objects.equals(one, other);
    }

    /** Without the entries of mappings that have no value, as Kubernetes takes them. */
    static @Nullable Object withoutEmpty(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> rest = new LinkedHashMap<>();
                map.forEach((key, it) -> {
                    Object inside = withoutEmpty(it);
                    if (!isEmpty(inside)) {
                        rest.put(String.valueOf(key), inside);
                    }
                });
                yield rest;
            }
            case List<?> list -> {
                List<@Nullable Object> rest = new ArrayList<>(list.size());
                list.forEach(it -> rest.add(withoutEmpty(it)));
                yield rest;
            }
            case null, default -> value;
        };
    }

    private static boolean isEmpty(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Map<?, ?> map -> map.isEmpty();
            case List<?> list -> list.isEmpty();
            default -> false;
        };
    }

    private static boolean isFinite(Number number) {
        return Double.isFinite(number.doubleValue());
    }
}
