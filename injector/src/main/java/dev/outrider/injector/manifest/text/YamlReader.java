package dev.outrider.injector.manifest.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/**
 * The documents of a YAML stream. Events are used rather than composed nodes so that the bound on
 * nesting holds before anything recurses. Used once.
 */
final class YamlReader {
    static final int MOST_NESTED = 200;

    private final String yaml;
    private final Text text;
    private final Marks marks;
    private final Iterator<Event> events;
    private final Map<String, Node> anchors = new HashMap<>();
    private @Nullable BadText oddity;

    /**
     * @param parsed the text as the parser was given it, char for char as long
     */
    YamlReader(String yaml, Marks marks, Iterator<Event> parsed) {
        this.yaml = yaml;
        this.text = Text.of(yaml);
        this.marks = marks;
        this.events = parsed;
    }

    List<Document> documents() throws BadText {
        List<Document> documents = new ArrayList<>();
        events.next(); // the stream's start
        Event event = events.next();
        while (event instanceof DocumentStartEvent) {
            anchors.clear();
            oddity = null;
            Event first = events.next();
            Node root = isNothing(first) ? null : node(first, 0);
            Event end = events.next();
            event = events.next();
            // Without its own mark, a document reaches as far as the next one's.
            int until = start(end) < end(end) ? start(end) : end(event, yaml.length());
            documents.add(new Document(root, until, oddity));
        }
        return documents;
    }

    private int end(Event next, int length) {
        return next instanceof DocumentStartEvent ? start(next) : length;
    }

    private static boolean isNothing(Event event) {
        return event instanceof ScalarEvent scalar
                && scalar.isPlain()
                && scalar.getValue().isEmpty()
                && scalar.getAnchor().isEmpty();
    }

    private Node node(Event event, int depth) throws BadText {
        if (depth > MOST_NESTED) {
            throw new BadText(start(event), "nested deeper than " + MOST_NESTED + " levels");
        }
        if (event instanceof AliasEvent alias) {
            String name = alias.getAlias().getValue();
            Node target = anchors.get(name);
            if (target == null) {
                throw new BadText(
                        start(event),
                        "*" + name + " stands for nothing; write &" + name + " above");
            }
            return new Node.Alias(start(event), end(event), target);
        }
        Node node =
                switch (event) {
                    case ScalarEvent scalar -> scalar(scalar);
                    case MappingStartEvent mapping -> mapping(mapping, depth);
                    default -> sequence((CollectionStartEvent) event, depth);
                };
        if (!node.anchor().isEmpty()) {
            anchors.put(node.anchor(), node);
        }
        return node;
    }

    private Node.Scalar scalar(ScalarEvent event) {
        int start = start(event);
        int at = behindProperties(start);
        Node.Style style =
                switch (event.getScalarStyle()) {
                    case SINGLE_QUOTED -> Node.Style.SINGLE_QUOTED;
                    case DOUBLE_QUOTED -> Node.Style.DOUBLE_QUOTED;
                    case LITERAL, FOLDED -> Node.Style.BLOCK;
                    default -> Node.Style.PLAIN;
                };
        int end = style == Node.Style.BLOCK ? blockEnd(at, end(event)) : end(event);
        String word = event.getValue();
        Object value = value(event, style, word);
        return new Node.Scalar(start, Math.min(at, end), end, anchor(event), style, word, value);
    }

    private @Nullable Object value(ScalarEvent event, Node.Style style, String word) {
        String tag = event.getTag().orElse("");
        if (tag.isEmpty()) {
            return style == Node.Style.PLAIN ? PlainScalar.value(word) : word;
        }
        return switch (tag.replace("tag:yaml.org,2002:", "")) {
            case "str", "!" -> word;
            case "int", "float", "bool", "null" -> PlainScalar.value(word);
            default -> {
                foreign(event, tag);
                yield word;
            }
        };
    }

    /**
     * A block scalar ends before the line break of its last line; only with {@code +} are blank
     * lines at its end part of it.
     */
    private int blockEnd(int at, int marked) {
        int header = yaml.indexOf('\n', at);
        boolean keeps = header > 0 && yaml.substring(at, header).split("#", 2)[0].contains("+");
        int end = marked;
        while (end > at && yaml.charAt(end - 1) == ' ') {
            end--;
        }
        if (keeps) {
            end -= end > at && yaml.charAt(end - 1) == '\n' ? 1 : 0;
            return end - (end > at && yaml.charAt(end - 1) == '\r' ? 1 : 0);
        }
        while (end > at && Character.isWhitespace(yaml.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private Node sequence(CollectionStartEvent start, int depth) throws BadText {
        collection(start);
        List<Node> items = new ArrayList<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.SequenceEnd) {
            items.add(node(event, depth + 1));
            event = events.next();
        }
        int at = behindProperties(start(start));
        int last = items.isEmpty() ? end(start) : items.getLast().end();
        int end = start.isFlow() ? end(event) : last;
        return new Node.Sequence(start(start), at, end, anchor(start), start.isFlow(), items);
    }

    private Node mapping(MappingStartEvent start, int depth) throws BadText {
        collection(start);
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            Node.Scalar key = key(event, depth);
            Node.Entry entry = new Node.Entry(key, node(events.next(), depth + 1));
            Node.Entry before = entries.putIfAbsent(key.text(), entry);
            if (before != null) {
                throw new BadText(
                        key.start(),
                        "'"
                                + key.text()
                                + "' already stands in line "
                                + text.line(before.start())
                                + "; keep one of the two");
            }
            event = events.next();
        }
        List<Node.Entry> all = List.copyOf(entries.values());
        int at = behindProperties(start(start));
        int last = all.isEmpty() ? end(start) : all.getLast().end();
        int end = start.isFlow() ? end(event) : last;
        return new Node.Mapping(start(start), at, end, anchor(start), start.isFlow(), all);
    }

    private Node.Scalar key(Event event, int depth) throws BadText {
        Node key = node(event, depth + 1);
        if (key instanceof Node.Alias alias && alias.target() instanceof Node.Scalar scalar) {
            return new Node.Scalar(
                    alias.start(),
                    alias.start(),
                    alias.end(),
                    "",
                    Node.Style.DOUBLE_QUOTED,
                    scalar.text(),
                    scalar.value());
        }
        if (key instanceof Node.Scalar scalar) {
            return scalar;
        }
        throw new BadText(start(event), "this is no key; write a word before the colon");
    }

    private void collection(CollectionStartEvent event) {
        String tag = event.getTag().orElse("");
        if (!tag.isEmpty() && !tag.matches("tag:yaml\\.org,2002:(map|seq)")) {
            foreign(event, tag);
        }
    }

    private void foreign(Event event, String tag) {
        if (oddity == null) {
            oddity = new BadText(start(event), "the tag " + tag + " is not known; remove it");
        }
    }

    /** The parser's places are where the properties begin; these are &anchor and !tag. */
    private int behindProperties(int start) {
        int at = start;
        while (at < yaml.length() && (yaml.charAt(at) == '&' || yaml.charAt(at) == '!')) {
            int word = at;
            while (word < yaml.length() && !Character.isWhitespace(yaml.charAt(word))) {
                word++;
            }
            at = text.skipBlanks(word);
        }
        return at;
    }

    private static String anchor(NodeEvent event) {
        return event.getAnchor().map(anchor -> anchor.getValue()).orElse("");
    }

    private int start(Event event) {
        return marks.offset(event.getStartMark());
    }

    private int end(Event event) {
        return marks.offset(event.getEndMark());
    }
}
