package dev.outrider.sidecar.config;

import dev.outrider.certs.Json;
import dev.outrider.sidecar.schema.RecordSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Writes the JSON Schema (draft 2020-12) of a configuration, for editors and pipelines. It accepts
 * what the reader accepts as far as JSON Schema can say it: rules between fields, and the value
 * behind a substitution, are known to the reader only.
 */
public final class ConfigJsonSchema {
    private ConfigJsonSchema() {}

    /** The text of the file; the same on every run. */
    public static String text(RecordSchema<?> root, String id) {
        Map<String, Object> definitions = new LinkedHashMap<>();
        for (RecordSchema<?> record : RecordTree.below(root)) {
            definitions.put(record.name(), record.definition());
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", id);
        schema.put("title", root.name());
        schema.put("$ref", "#/$defs/" + root.name());
        schema.put("$defs", definitions);
        return Json.writeIndented(ordered(schema));
    }

    /** Maps without an order of their own are sorted, or each run would write another file. */
    private static Object ordered(Object json) {
        return switch (json) {
            case Map<?, ?> map -> {
                Map<String, Object> sorted =
                        map instanceof SequencedMap ? new LinkedHashMap<>() : new TreeMap<>();
                map.forEach((key, value) -> sorted.put(String.valueOf(key), ordered(value)));
                yield sorted;
            }
            case List<?> list -> list.stream().map(ConfigJsonSchema::ordered).toList();
            default -> json;
        };
    }
}
