package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.util.ArrayList;
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
    private final Filling filling;

    YamlTree(Iterator<Event> events, Filling filling) {
        this.events = events;
        this.filling = filling;
    }

    Value root() throws Refused {
        events.next(); // the stream's start
        Event start = events.next();
        if (start.getEventId() == Event.ID.StreamEnd) {
            throw new Refused(Value.Place.NOWHERE, "the file is empty; write the configuration");
        }
        Value root = value(events.next(), "", Optional.empty(), 0);
        events.next(); // the document's end
        Event next = events.next();
        if (next.getEventId() != Event.ID.StreamEnd) {
            throw new Refused(
                    place("", next.getStartMark()),
                    "a second document starts here; keep one document in the file");
        }
        return root;
    }

    /** An entry of a mapping stands where its key stands. */
    private Value value(Event event, String path, Optional<Mark> key, int depth) throws Refused {
        Value.Place place = place(path, key.or(event::getStartMark));
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
            String path = place.path() + "[" + items.size() + "]";
            items.add(value(event, path, Optional.empty(), depth + 1));
            event = events.next();
        }
        return new Value.Sequence(place, List.copyOf(items));
    }

    private Value mapping(Value.Place place, int depth) throws Refused {
        Map<String, Value> entries = new LinkedHashMap<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            String key = key(event, place);
            String path = join(place.path(), key);
            Value.Place here = place(path, event.getStartMark());
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
            entries.put(key, value(events.next(), path, event.getStartMark(), depth + 1));
            event = events.next();
        }
        return new Value.Mapping(place, java.util.Collections.unmodifiableMap(entries));
    }

    private static String key(Event event, Value.Place mapping) throws Refused {
        Value.Place place = place(mapping.path(), event.getStartMark());
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
        return key;
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

    /** Keys that hold dots stand in brackets, so that a path reads one way only. */
    private static String join(String path, String key) {
        if (key.contains(".")) {
            return path + "[" + key + "]";
        }
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Value.Place place(String path, Optional<Mark> mark) {
        return mark.map(m -> new Value.Place(path, m.getLine() + 1, m.getColumn() + 1))
                .orElse(new Value.Place(path, 0, 0));
    }
}
