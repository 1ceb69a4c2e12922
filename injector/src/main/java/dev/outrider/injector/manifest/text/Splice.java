package dev.outrider.injector.manifest.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the edits that lead a document from what it means to what it should mean. What is the same
 * in both is not touched: its comments, quotes, order and anchors stay, char for char. A value that
 * is changed behind an anchor is written out wherever an alias stands for what it was. Used once.
 */
public final class Splice {
    private final Text text;
    private final Rendering rendering;
    private final Edits edits;
    private final BlockEdits block;
    private final FlowEdits flow;
    private final Anchors anchors;
    private final boolean json;

    private Splice(Manifest manifest, Node root, Edits edits) {
        text = manifest.text();
        json = manifest.json();
        this.edits = edits;
        rendering = Habits.of(text, root);
        block = new BlockEdits(text, rendering, edits);
        flow = new FlowEdits(text, rendering, edits);
        anchors = new Anchors(root);
    }

    /** Where a value stands. */
    private sealed interface Place {
        record InMapping(Node.Mapping parent, Node.Entry entry) implements Place {}

        record InList(Node.Sequence parent, int index) implements Place {}

        record Root() implements Place {}

        default boolean flow() {
            return switch (this) {
                case InMapping it -> it.parent().flow();
                case InList it -> it.parent().flow();
                case Root _ -> false;
            };
        }
    }

    /**
     * Adds the edits that make {@code root} mean {@code wanted}.
     *
     * @throws BadText if that cannot be done without touching other things
     */
    public static void lead(Manifest manifest, Node root, @Nullable Object wanted, Edits edits)
            throws BadText {
        new Splice(manifest, root, edits).value(new Place.Root(), root, wanted);
    }

    private void value(Place place, Node node, @Nullable Object wanted) throws BadText {
        if (anchors.areTheSame(node, wanted)) {
            return;
        }
        switch (node) {
            case Node.Mapping mapping when wanted instanceof Map<?, ?> map && fits(mapping, map) ->
                    mapping(mapping, map);
            case Node.Sequence list when wanted instanceof List<?> items && fits(list, items) ->
                    sequence(list, items);
            default -> {
                if (!Values.same(anchors.value(node), wanted)) {
                    replace(place, node, wanted);
                }
            }
        }
        anchors.means(node, wanted);
    }

    /** Lines need at least one child to be a collection, brackets do not. */
    private static boolean fits(Node.Mapping mapping, Map<?, ?> wanted) {
        return mapping.flow()
                ? !mapping.entries().isEmpty() || wanted.isEmpty()
                : mapping.entries().stream()
                        .anyMatch(entry ->
                                entry.key().isMergeKey() || wanted.containsKey(entry.key().text()));
    }

    private static boolean fits(Node.Sequence list, List<?> wanted) {
        return list.flow() ? !list.items().isEmpty() || wanted.isEmpty() : !wanted.isEmpty();
    }

    private void mapping(Node.Mapping mapping, Map<?, ?> wanted) throws BadText {
        Map<String, @Nullable Object> added = new LinkedHashMap<>();
        wanted.forEach((key, value) -> added.put(String.valueOf(key), value));
        List<Node.Entry> removed = new ArrayList<>();
        for (Node.Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (entry.key().isMergeKey()) {
                continue;
            }
            if (wanted.containsKey(key)) {
                value(new Place.InMapping(mapping, entry), entry.value(), wanted.get(key));
                added.remove(key);
            } else {
                anchors.gone(entry.value());
                removed.add(entry);
            }
        }
        withoutMerged(mapping, wanted, removed, added);
        entries(mapping, wanted, removed, added);
    }

    /** What comes by a merge key need not be added, and cannot be taken out. */
    private void withoutMerged(
            Node.Mapping mapping,
            Map<?, ?> wanted,
            List<Node.Entry> removed,
            Map<String, @Nullable Object> added)
            throws BadText {
        Map<String, @Nullable Object> merged = anchors.merged(mapping);
        for (Map.Entry<String, @Nullable Object> entry : merged.entrySet()) {
            String key = entry.getKey();
            boolean isRemoved = removed.stream().anyMatch(it -> it.key().text().equals(key));
            if (isRemoved || !wanted.containsKey(key)) {
                throw new BadText(
                        mapping.start(),
                        "'"
                                + key
                                + "' comes from << here and would have to go; write the entries"
                                + " out instead of <<");
            }
            if (added.containsKey(key) && Values.same(added.get(key), entry.getValue())) {
                added.remove(key);
            }
        }
    }

    /**
     * The first that are added take the places of the first that are removed; others go where they
     * are in the order of what is wanted.
     */
    private void entries(
            Node.Mapping mapping,
            Map<?, ?> wanted,
            List<Node.Entry> removed,
            Map<String, @Nullable Object> added) {
        Map<String, Node.Entry> places = new HashMap<>();
        mapping.entries().forEach(entry -> places.put(entry.key().text(), entry));
        Deque<Node.Entry> left = new ArrayDeque<>(removed);
        Node.Entry behind = null;
        for (Object each : wanted.keySet()) {
            String key = String.valueOf(each);
            if (!added.containsKey(key)) {
                behind = places.getOrDefault(key, behind);
            } else if (!left.isEmpty()) {
                behind = left.removeFirst();
                instead(mapping, behind, key, added.get(key));
            } else {
                insert(mapping, behind, key, added.get(key));
            }
        }
        remove(mapping, List.copyOf(left));
    }

    private void instead(
            Node.Mapping mapping, Node.Entry entry, String key, @Nullable Object value) {
        if (mapping.flow()) {
            String word = json(key, value, lines(entry.start()));
            edits.replace(entry.start(), entry.end(), word);
        } else {
            block.replace(entry, key, value);
        }
    }

    private void insert(
            Node.Mapping mapping, Node.@Nullable Entry behind, String key, @Nullable Object value) {
        if (mapping.flow()) {
            int index = behind == null ? 0 : mapping.entries().indexOf(behind) + 1;
            flow.insert(mapping.at(), spans(mapping), index, at -> json(key, value, at));
        } else {
            block.insert(mapping, behind, key, value);
        }
    }

    /** Neighbours in brackets go together, since commas stand between them. */
    private void remove(Node.Mapping mapping, List<Node.Entry> entries) {
        if (!mapping.flow()) {
            block.remove(mapping, entries);
            return;
        }
        List<Node.Entry> all = mapping.entries();
        for (int first = 0, last; first < all.size(); first = last + 1) {
            last = first;
            while (last < all.size() && entries.contains(all.get(last))) {
                last++;
            }
            if (last > first) {
                flow.remove(spans(mapping), first, last - 1);
            }
        }
    }

    private static List<FlowEdits.Span> spans(Node.Mapping mapping) {
        return mapping.entries().stream()
                .map(entry -> new FlowEdits.Span(entry.start(), entry.end()))
                .toList();
    }

    private void sequence(Node.Sequence list, List<?> wanted) throws BadText {
        List<Node> items = list.items();
        List<@Nullable Object> now = new ArrayList<>(items.size());
        for (Node item : items) {
            now.add(anchors.value(item));
        }
        int item = 0;
        int next = 0;
        for (Alignment.Pair pair : Alignment.of(now, wanted)) {
            gap(list, item, pair.item(), wanted.subList(next, pair.wanted()));
            if (pair.item() < items.size()) {
                Place place = new Place.InList(list, pair.item());
                value(place, items.get(pair.item()), wanted.get(pair.wanted()));
            }
            item = pair.item() + 1;
            next = pair.wanted() + 1;
        }
    }

    /** Between two items that stay: others come and go. */
    private void gap(Node.Sequence list, int from, int to, List<?> wanted) throws BadText {
        if (wanted.size() == to - from) {
            for (int index = from; index < to; index++) {
                Place place = new Place.InList(list, index);
                value(place, list.items().get(index), wanted.get(index - from));
            }
            return;
        }
        int paired = Math.min(to - from, wanted.size());
        for (int index = from; index < to; index++) {
            anchors.gone(list.items().get(index));
            if (index - from < paired) {
                whole(new Place.InList(list, index), wanted.get(index - from));
            } else if (!list.flow()) {
                block.remove(list, index);
            }
        }
        List<?> rest = wanted.subList(paired, wanted.size());
        if (!list.flow()) {
            if (!rest.isEmpty()) {
                block.insert(list, to, rest);
            }
            return;
        }
        List<FlowEdits.Span> spans =
                list.items().stream().map(it -> new FlowEdits.Span(it.start(), it.end())).toList();
        if (from + paired < to) {
            flow.remove(spans, from + paired, to - 1);
        }
        rest.forEach(value -> flow.insert(list.at(), spans, to, at -> json(value, at)));
    }

    private void replace(Place place, Node node, @Nullable Object wanted) throws BadText {
        boolean isToken = node instanceof Node.Scalar || node instanceof Node.Alias;
        if (isToken && Rendering.isInline(wanted)) {
            token(place, node, wanted);
            return;
        }
        anchors.gone(node);
        boolean isEmpty =
                text.chars().substring(node.start(), node.end()).matches("\\{\\s*}|\\[\\s*]");
        if (place instanceof Place.InMapping it
                && !place.flow()
                && (isToken || isEmpty)
                && !Rendering.isInline(wanted)) {
            int column = text.column(it.entry().start());
            int colon = text.chars().indexOf(':', it.entry().key().end()) + 1;
            edits.delete(colon, node.end());
            edits.insert(text.lineEnd(node.end()), rendering.children(wanted, column));
            return;
        }
        whole(place, wanted);
    }

    /** A scalar or an alias becomes a scalar, or an empty collection. */
    private void token(Place place, Node node, @Nullable Object wanted) {
        if (wanted instanceof Map || wanted instanceof List || !(node instanceof Node.Scalar old)) {
            boolean quotes = place.flow();
            String word = quotes ? rendering.json(wanted) : rendering.item(wanted, 0);
            edits.replace(node.start(), node.end(), (node.end() > node.start() ? "" : " ") + word);
            return;
        }
        String word = json ? Words.json(wanted) : Words.like(old.style(), place.flow(), wanted);
        boolean isTagged = text.chars().substring(old.start(), old.at()).contains("!");
        String anchor = old.anchor().isEmpty() ? "" : "&" + old.anchor() + " ";
        if (isTagged) {
            edits.replace(old.start(), old.end(), anchor + word);
        } else {
            edits.replace(old.at(), old.end(), (old.end() > old.at() ? "" : " ") + word);
        }
    }

    private void whole(Place place, @Nullable Object wanted) throws BadText {
        switch (place) {
            case Place.InMapping it when it.parent().flow() -> {
                Node.Entry entry = it.entry();
                int column = lines(entry.start());
                edits.replace(entry.value().start(), entry.value().end(), json(wanted, column));
            }
            case Place.InMapping it -> block.replace(it.entry(), it.entry().key().text(), wanted);
            case Place.InList it when it.parent().flow() -> {
                Node item = it.parent().items().get(it.index());
                edits.replace(item.start(), item.end(), json(wanted, lines(item.start())));
            }
            case Place.InList it -> block.replace(it.parent(), it.index(), wanted);
            case Place.Root _ -> throw new BadText(0, "this is no object that could be changed");
        }
    }

    /** The column of what begins a line; -1 for what does not. */
    private int lines(int offset) {
        return text.beginsLine(offset) ? text.column(offset) : -1;
    }

    private String json(@Nullable Object value, int column) {
        return column < 0 ? rendering.json(value) : rendering.json(value, column);
    }

    private String json(String key, @Nullable Object value, int column) {
        return rendering.jsonEntry(key, json(value, column));
    }
}
