package dev.outrider.sidecar.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values as a file would hold them, of plain maps, lists and texts, for tests of configuration. */
public final class Plain {
    private Plain() {}

    public static <T> T read(Schema<T> schema, Object plain) {
        return schema.read(value(plain));
    }

    public static Value value(Object plain) {
        return switch (plain) {
            case Map<?, ?> map -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                map.forEach((key, each) -> entries.put(String.valueOf(key), value(each)));
                yield new Value.Mapping(Value.Place.NOWHERE, entries);
            }
            case List<?> list ->
                    new Value.Sequence(
                            Value.Place.NOWHERE, list.stream().map(Plain::value).toList());
            default -> new Value.Scalar(Value.Place.NOWHERE, plain.toString());
        };
    }

    /** Keys and values in turn. */
    public static Value mapping(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return value(map);
    }
}
