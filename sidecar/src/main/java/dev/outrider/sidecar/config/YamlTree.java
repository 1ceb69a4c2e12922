package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/**
 * Builds the tree of one document from YAML's events. Only the plain core of YAML is let through:
 * no tags, anchors, aliases or merge keys, and no key twice. Events are used rather than composed
 * nodes so that the bound on nesting holds before anything recurses.
 */
final class YamlTree {
    private static final int MOST_NESTED = 64;
    private static final int LONGEST_KEY = 256;
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    private final Iterator<Event> events;
    private final Value.Place top;
    private final Filling filling;

    /** Each once: thousands of entries have the same keys. */
    private final Map<String, String> keys = new HashMap<>();

    YamlTree(Iterator<Event> events, Value.Place top, Filling filling) {
        this.events = events;
        this.top = top;
        this.filling = filling;
    }

    Value root() throws Refused {
        events.next(); // the stream's start
        Event start = events.next();
        if (start.getEventId() == Event.ID.StreamEnd) {
            throw new Refused(Value.Place.NOWHERE, "the file is empty; write the configuration");
        }
        Event first = events.next();
        Value root = value(first, root(first.getStartMark()), 0);
        events.next(); // the document's end
        Event next = events.next();
        if (next.getEventId() != Event.ID.StreamEnd) {
            throw new Refused(
                    root(next.getStartMark()),
                    "a second document starts here; keep one document in the file");
        }
        return root;
    }

    private Value value(Event event, Value.Place place, int depth) throws Refused {
        plain(event, place);
        if (depth > MOST_NESTED) {
            throw new Refused(place, "nested deeper than " + MOST_NESTED + " levels; flatten it");
        }
        if (event instanceof ScalarEvent scalar) {
            if (isNull(scalar)) {
                throw new Refused(
                        place,
                        "there is no value here; write one ({} or [] if empty) or remove it");
            }
            String source = scalar.getValue();
            return new Value.Scalar(place, filling.fill(source, place), source);
        }
        return event instanceof MappingStartEvent ? mapping(place, depth) : sequence(place, depth);
    }

    private Value sequence(Value.Place place, int depth) throws Refused {
        List<Value> items = new ArrayList<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.SequenceEnd) {
            Optional<Mark> mark = event.getStartMark();
            Value.Place here = place.item(items.size(), line(mark), column(mark));
            items.add(value(event, here, depth + 1));
            event = events.next();
        }
        return new Value.Sequence(place, List.copyOf(items));
    }

    private Value mapping(Value.Place place, int depth) throws Refused {
        Map<String, Value> entries = new LinkedHashMap<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            String key = key(event, place);
            // An entry stands where its key stands.
            Optional<Mark> mark = event.getStartMark();
            Value.Place here = place.entry(key, line(mark), column(mark));
            Value before = entries.get(key);
            if (before != null) {
                throw new Refused(
                        here,
                        "'"
                                + key
                                + "' already stands in line "
                                + before.place().line()
                                + "; keep one of the two");
            }
            entries.put(key, value(events.next(), here, depth + 1));
            event = events.next();
        }
        return new Value.Mapping(place, java.util.Collections.unmodifiableMap(entries));
    }

    private String key(Event event, Value.Place mapping) throws Refused {
        Optional<Mark> mark = event.getStartMark();
        Value.Place place = mapping.at(line(mark), column(mark));
        plain(event, place);
        if (!(event instanceof ScalarEvent scalar) || isNull(scalar)) {
            throw new Refused(place, "this is no key; write a word before the colon");
        }
        String key = scalar.getValue();
        if (key.length() > LONGEST_KEY) {
            throw new Refused(place, "a key is longer than " + LONGEST_KEY + " characters");
        }
        if (key.equals("<<") && scalar.isPlain()) {
            throw new Refused(place, "merge keys are not supported; write the entries out");
        }
        return keys.computeIfAbsent(key, _ -> key);
    }

    private static void plain(Event event, Value.Place place) throws Refused {
        if (event instanceof AliasEvent) {
            throw new Refused(place, "aliases (*name) are not supported; write the value out");
        }
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            throw new Refused(place, "anchors (&name) are not supported; write the value out");
        }
        Optional<String> tag =
                switch (event) {
                    case ScalarEvent scalar -> scalar.getTag();
                    case CollectionStartEvent collection -> collection.getTag();
                    default -> Optional.empty();
                };
        if (tag.isPresent()) {
            throw new Refused(place, "tags (!name) are not supported; remove the tag");
        }
    }

    private static boolean isNull(ScalarEvent scalar) {
        return scalar.isPlain() && NULLS.contains(scalar.getValue());
    }

    private Value.Place root(Optional<Mark> mark) {
        return top.at(line(mark), column(mark));
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(it -> it.getLine() + 1).orElse(0);
    }

    private static int column(Optional<Mark> mark) {
        return mark.map(it -> it.getColumn() + 1).orElse(0);
    }
}
