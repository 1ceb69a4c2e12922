package dev.outrider.sidecar.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter()
                        .withArrayIndenter(
                                DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"))
                        .withObjectIndenter(new DefaultIndenter("  ", "\n"));
        try {
            return new JsonMapper().writer(printer).writeValueAsString(ordered(schema)) + "\n";
        } catch (JsonProcessingException e) {
            throw new AssertionError("maps, lists and scalars can always be written", e);
        }
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
