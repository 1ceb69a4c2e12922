package dev.outrider.injector.pod;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes objects down in the order in which people read them. */
final class Fields {
    private Fields() {}

    /** Names and values by turns. */
    static Map<String, @Nullable Object> of(Object... pairs) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int index = 0; index < pairs.length; index += 2) {
            fields.put((String) pairs[index], pairs[index + 1]);
        }
        return fields;
    }
}
