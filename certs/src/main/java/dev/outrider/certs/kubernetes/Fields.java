package dev.outrider.certs.kubernetes;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads fields of an object by their path. What is missing or of another type is absent: the API
 * server has checked its objects, and what hangs on a field says so itself. Pure.
 */
public final class Fields {
    private Fields() {}

    public static Optional<String> text(@Nullable Object object, String... path) {
        return at(object, path) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    public static Optional<Long> number(@Nullable Object object, String... path) {
        return at(object, path) instanceof Number number
                ? Optional.of(number.longValue())
                : Optional.empty();
    }

    /** False when absent. */
    public static boolean flag(@Nullable Object object, String... path) {
        return Boolean.TRUE.equals(at(object, path));
    }

    /** Empty when absent. A copy that may be changed; what is inside is shared. */
    public static Map<String, @Nullable Object> map(@Nullable Object object, String... path) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        if (at(object, path) instanceof Map<?, ?> map) {
            map.forEach((name, value) -> copy.put(String.valueOf(name), value));
        }
        return copy;
    }

    /** The members that are texts: labels, annotations, a ConfigMap's data. Empty when absent. */
    public static Map<String, String> texts(@Nullable Object object, String... path) {
        Map<String, String> texts = new LinkedHashMap<>();
        map(object, path)
                .forEach((name, value) -> {
                    if (value instanceof String text) {
                        texts.put(name, text);
                    }
                });
        return texts;
    }

    /** Empty when absent. */
    public static List<@Nullable Object> list(@Nullable Object object, String... path) {
        return at(object, path) instanceof List<?> list ? new ArrayList<>(list) : List.of();
    }

    public static String name(Map<String, @Nullable Object> object) {
        return text(object, "metadata", "name").orElse("");
    }

    /** Empty for an object that lives in no namespace. */
    public static String namespace(Map<String, @Nullable Object> object) {
        return text(object, "metadata", "namespace").orElse("");
    }

    public static String resourceVersion(Map<String, @Nullable Object> object) {
        return text(object, "metadata", "resourceVersion").orElse("");
    }

    public static Map<String, String> labels(Map<String, @Nullable Object> object) {
        return texts(object, "metadata", "labels");
    }

    public static Map<String, String> annotations(Map<String, @Nullable Object> object) {
        return texts(object, "metadata", "annotations");
    }

    /**
     * One entry of a Secret's data, decoded; absent when there is none.
     *
     * @throws IllegalArgumentException when it is not base64, which an API server never hands out
     */
    public static Optional<byte[]> secret(Map<String, @Nullable Object> object, String key) {
        return text(object, "data", key).map(Base64.getDecoder()::decode);
    }

    private static @Nullable Object at(@Nullable Object object, String... path) {
        Object at = object;
        for (String name : path) {
            if (!(at instanceof Map<?, ?> map)) {
                return null;
            }
            at = map.get(name);
        }
        return at;
    }
}
