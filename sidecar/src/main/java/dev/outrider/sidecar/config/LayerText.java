package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A layer as it was read, before it is parsed. */
record LayerText(ConfigLayer layer, byte[] utf8) {

    /** Nothing of a file that may be missing. */
    static LayerText none(ConfigLayer layer) {
        return new LayerText(layer, new byte[0]);
    }

    /** Null if there is nothing in a layer in which there need not be. */
    @Nullable Value parse(Filling filling) throws Refused {
        return switch (layer) {
            case ConfigLayer.File file -> file(file, filling);
            case ConfigLayer.Setting set -> setting(set, filling);
        };
    }

    private @Nullable Value file(ConfigLayer.File file, Filling filling) throws Refused {
        String text = FileText.decode(utf8, file.path(), Value.Place.NOWHERE);
        return file.optional() && blank(text)
                ? null
                : YamlFile.parse(text, Value.Place.NOWHERE, filling);
    }

    /** Such as the file of an annotation that a pod does not have. */
    private static boolean blank(String text) {
        return text.lines().map(String::strip).allMatch(it -> it.isEmpty() || it.startsWith("#"));
    }

    private static Value setting(ConfigLayer.Setting set, Filling filling) throws Refused {
        // Not NOWHERE: the root of each layer is a place of its own.
        Value.Place place = new Value.Place("", 0, 0);
        Value.Place[] places = new Value.Place[set.keys().size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = place;
            place = place.entry(set.keys().get(i), 0, 0);
        }
        if (blank(set.yaml())) {
            throw new Refused(place, "there is no value after '='; write '' for an empty text");
        }
        Value value = YamlFile.parse(set.yaml(), place, filling);
        for (int i = places.length - 1; i >= 0; i--) {
            value = new Value.Mapping(places[i], Map.of(set.keys().get(i), value));
        }
        return value;
    }

    /** Where relative paths in it begin. */
    Path folder() {
        if (layer instanceof ConfigLayer.File file) {
            Path absolute = file.path().toAbsolutePath();
            // An absolute path below a root always has a folder; the root itself is not a file.
            Path parent = absolute.getParent();
            return parent == null ? absolute : parent;
        }
        return Path.of("").toAbsolutePath();
    }
}
