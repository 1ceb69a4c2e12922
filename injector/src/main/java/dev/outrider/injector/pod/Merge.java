package dev.outrider.injector.pod;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lays what the injector wants over what is in the pod already, so that defaults of the API server
 * and additions of other webhooks stay, and a second call finds nothing to change.
 */
final class Merge {
    /** By which the elements of Kubernetes' lists are told apart. */
    private static final List<String> KEYS = List.of("mountPath", "containerPort", "name");

    private Merge() {}

    /** The two together; ours wins where both say something. */
    static Map<String, @Nullable Object> over(
            Map<String, @Nullable Object> there, Map<String, @Nullable Object> ours) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(there);
        ours.forEach((key, value) -> merged.put(key, value(key, there.get(key), value)));
        return merged;
    }

    private static @Nullable Object value(
            String key, @Nullable Object there, @Nullable Object ours) {
        if (there instanceof Map<?, ?> left && ours instanceof Map<?, ?> right) {
            return over(json(left), json(right));
        }
        if (there instanceof List<?> left && ours instanceof List<?> right) {
            return list(key, left, right);
        }
        return ours;
    }

    private static List<@Nullable Object> list(String key, List<?> there, List<?> ours) {
        Optional<String> identity =
                ours.stream()
                        .filter(Map.class::isInstance)
                        .flatMap(each ->
                                KEYS.stream().filter(((Map<?, ?>) each)::containsKey).limit(1))
                        .findFirst();
        if (identity.isPresent() && !key.equals("sources") && !key.equals("items")) {
            return named(identity.get(), there, ours);
        }
        List<@Nullable Object> merged = new ArrayList<>();
        for (int index = 0; index < ours.size(); index++) {
            Object before = there.size() == ours.size() ? there.get(index) : null;
            merged.add(value(key, before, ours.get(index)));
        }
        return merged;
    }

    private static List<@Nullable Object> named(String identity, List<?> there, List<?> ours) {
        List<@Nullable Object> merged = new ArrayList<>(there);
        for (Object each : ours) {
            int at = find(identity, merged, each);
            if (at < 0) {
                merged.add(each);
            } else {
                merged.set(at, value("", merged.get(at), each));
            }
        }
        return merged;
    }

    private static int find(String identity, List<?> list, @Nullable Object wanted) {
        for (int index = 0; index < list.size(); index++) {
            if (list.get(index) instanceof Map<?, ?> there
                    && wanted instanceof Map<?, ?> map
                    && Objects.equals(there.get(identity), map.get(identity))) {
                return index;
            }
        }
        return -1;
    }

    @SuppressWarnings("unchecked") // JSON objects have texts as keys
    private static Map<String, @Nullable Object> json(Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
    }
}
