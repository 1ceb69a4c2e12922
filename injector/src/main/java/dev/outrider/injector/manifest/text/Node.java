package dev.outrider.injector.manifest.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value as it stands in a text. Compared by identity: equal values stand in many places. */
public sealed interface Node {
    /** Where it begins, its anchor and tag included. */
    int start();

    /** Behind the last char that is part of it; comments and blank lines that follow are not. */
    int end();

    /** The name that aliases know it by; empty if it has none. */
    String anchor();

    /** The node at a path of keys and indices, or the last one above it that stands in the text. */
    static Node at(Node root, List<String> path) {
        Node node = root;
        for (String step : path) {
            Node next =
                    switch (node) {
                        case Mapping mapping ->
                                mapping.entries().stream()
                                        .filter(entry -> entry.key().text().equals(step))
                                        .findFirst()
                                        .map(Entry::value)
                                        .orElse(node);
                        case Sequence sequence -> sequence.items().get(Integer.parseInt(step));
                        case Scalar _, Alias _ -> node;
                    };
            node = next;
        }
        return node;
    }

    /** How a scalar is written. */
    enum Style {
        PLAIN,
        SINGLE_QUOTED,
        DOUBLE_QUOTED,
        BLOCK
    }

    /**
     * @param at where its own text begins, behind anchor and tag
     * @param text as a key it is this, whatever it would be as a value
     * @param value null, a text, a number or a boolean
     */
    record Scalar(
            int start,
            int at,
            int end,
            String anchor,
            Style style,
            String text,
            @Nullable Object value)
            implements Node {
        /** The plain key that takes the entries of other mappings in. */
        boolean isMergeKey() {
            return style == Style.PLAIN && text.equals("<<");
        }
    }

    /**
     * @param flow in brackets, as in JSON
     */
    record Sequence(int start, int at, int end, String anchor, boolean flow, List<Node> items)
            implements Node {}

    /** The keys differ from each other. */
    record Mapping(int start, int at, int end, String anchor, boolean flow, List<Entry> entries)
            implements Node {}

    /** The value of another place once more. */
    record Alias(int start, int end, Node target) implements Node {
        @Override
        public String anchor() {
            return "";
        }
    }

    /** A key and its value. */
    record Entry(Scalar key, Node value) {
        int start() {
            return key.start();
        }

        int end() {
            return Math.max(key.end(), value.end());
        }
    }
}
