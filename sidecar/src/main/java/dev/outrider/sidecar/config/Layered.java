package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Trees laid over each other, that still know where each value stands. Not thread-safe.
 *
 * <p>A place is known by its identity: equal ones may stand in two layers.
 */
final class Layered {
    private final Map<Value.Place, ConfigLayer> roots = new IdentityHashMap<>();

    /** All places of a mapping that was merged, by the last of them, which stands for it. */
    private final Map<Value.Place, List<Value.Place>> merged = new IdentityHashMap<>();

    private @Nullable Value tree;

    /** Lays the layer's tree over what is there. */
    void add(ConfigLayer layer, Value above) {
        roots.put(root(above.place()), layer);
        tree = tree == null ? above : over(tree, above);
    }

    /** Only after something was added. */
    Value tree() {
        return java.util.Objects.requireNonNull(tree);
    }

    private Value over(Value below, Value above) {
        if (!(below instanceof Value.Mapping lower) || !(above instanceof Value.Mapping upper)) {
            return above;
        }
        Map<String, Value> entries = new LinkedHashMap<>(lower.entries());
        upper.entries().forEach((key, value) -> entries.merge(key, value, this::over));
        List<Value.Place> places = new ArrayList<>(places(lower.place()));
        places.add(upper.place());
        merged.put(upper.place(), places);
        return new Value.Mapping(upper.place(), java.util.Collections.unmodifiableMap(entries));
    }

    private List<Value.Place> places(Value.Place place) {
        return merged.getOrDefault(place, List.of(place));
    }

    /** What is wrong at a place of this tree; of a merged mapping it names all its places. */
    ConfigError error(Value.Place place, String sentence) {
        List<Value.Place> places = places(place);
        String whole =
                places.size() == 1
                        ? sentence
                        : sentence
                                + " (merged from "
                                + places.stream().map(this::shown).collect(Collectors.joining(", "))
                                + ")";
        return at(layer(place), place, whole);
    }

    /** The same under another path, for a key that is missing at the place. */
    ConfigError error(Value.Place place, String path, String sentence) {
        ConfigError error = at(layer(place), place, sentence);
        return new ConfigError(error.file(), error.line(), error.column(), path, sentence);
    }

    static ConfigError at(ConfigLayer layer, Value.Place place, String sentence) {
        return switch (layer) {
            case ConfigLayer.File file -> ConfigError.at(file.name(), place, sentence);
            // It starts at the first column of the first line, always.
            case ConfigLayer.Setting set when place.line() == 1 && place.column() == 1 ->
                    new ConfigError(set.name(), 0, 0, place.path(), sentence);
            case ConfigLayer.Setting set -> ConfigError.at(set.name(), place, sentence);
        };
    }

    private String shown(Value.Place place) {
        ConfigLayer layer = layer(place);
        return layer instanceof ConfigLayer.File ? layer.name() + ":" + place.line() : layer.name();
    }

    private ConfigLayer layer(Value.Place place) {
        return java.util.Objects.requireNonNull(roots.get(root(place)));
    }

    private static Value.Place root(Value.Place place) {
        Value.Place root = place;
        while (root.above() != null) {
            root = root.above();
        }
        return root;
    }
}
