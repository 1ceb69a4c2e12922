package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Shows a configuration to an operator: what stands in the file, before substitution, with
 * everything that looks like a secret hidden.
 */
public final class ConfigDump {
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,14})");

    private ConfigDump() {}

    /** Maps, lists and scalars, in file order, for a JSON writer. */
    public static Object json(Value tree) {
        return json(tree, false);
    }

    private static Object json(Value value, boolean hidden) {
        return switch (value) {
            case Value.Scalar scalar -> scalar(Redaction.show(scalar.source(), hidden));
            case Value.Sequence sequence ->
                    sequence.items().stream().map(item -> json(item, hidden)).toList();
            case Value.Mapping mapping -> {
                Map<String, Object> entries = new LinkedHashMap<>();
                mapping.entries()
                        .forEach((key, each) ->
                                entries.put(key, json(each, hidden || Redaction.hides(key))));
                yield entries;
            }
        };
    }

    private static Object scalar(String text) {
        if (NUMBER.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> text;
        };
    }
}
