package dev.outrider.injector.patch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step of a JSON Patch (RFC 6902); the three kinds are all that a change needs. */
public sealed interface PatchOperation {
    JsonPointer path();

    /** The step as a member of the patch document. */
    Map<String, @Nullable Object> json();

    /** Puts a member there, or an element before the one that stands there. */
    record Add(JsonPointer path, @Nullable Object value) implements PatchOperation {
        @Override
        public Map<String, @Nullable Object> json() {
            return step("add", path, value);
        }
    }

    /** Puts another value in the place of the one that is there. */
    record Replace(JsonPointer path, @Nullable Object value) implements PatchOperation {
        @Override
        public Map<String, @Nullable Object> json() {
            return step("replace", path, value);
        }
    }

    /** Takes away what is there. */
    record Remove(JsonPointer path) implements PatchOperation {
        @Override
        public Map<String, @Nullable Object> json() {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("op", "remove");
            json.put("path", path.toString());
            return json;
        }
    }

    private static Map<String, @Nullable Object> step(
            String operation, JsonPointer path, @Nullable Object value) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("op", operation);
        json.put("path", path.toString());
        json.put("value", value);
        return json;
    }
}
