package dev.outrider.injector.patch;

import dev.outrider.injector.patch.PatchOperation.Add;
import dev.outrider.injector.patch.PatchOperation.Remove;
import dev.outrider.injector.patch.PatchOperation.Replace;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What leads from one document to another, and the way there. */
public final class JsonPatch {
    private JsonPatch() {}

    /** The steps from the one to the other, in the order in which they have to be taken. */
    public static List<PatchOperation> between(
            Map<String, @Nullable Object> before, Map<String, @Nullable Object> after) {
        List<PatchOperation> steps = new ArrayList<>();
        members(JsonPointer.ROOT, before, after, steps);
        return List.copyOf(steps);
    }

    /**
     * A copy of the document, changed.
     *
     * @throws IllegalArgumentException when a step finds no place there
     */
    @SuppressWarnings("unchecked") // a copy of a map from text is one again
    public static Map<String, @Nullable Object> apply(
            Map<String, @Nullable Object> document, List<PatchOperation> steps) {
        Map<String, @Nullable Object> changed =
                (Map<String, @Nullable Object>) Objects.requireNonNull(copy(document));
        for (PatchOperation step : steps) {
            take(changed, step);
        }
        return changed;
    }

    /** A deep copy in maps that keep their order and lists, all of which may be changed. */
    public static @Nullable Object copy(@Nullable Object json) {
        return switch (json) {
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((name, value) -> copy.put(String.valueOf(name), copy(value)));
                yield copy;
            }
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(copy(element)));
                yield copy;
            }
            case null, default -> json;
        };
    }

    private static void members(
            JsonPointer place, Map<?, ?> before, Map<?, ?> after, List<PatchOperation> steps) {
        for (Object name : before.keySet()) {
            if (!after.containsKey(name)) {
                steps.add(new Remove(place.child(String.valueOf(name))));
            }
        }
        after.forEach((name, value) -> {
            JsonPointer here = place.child(String.valueOf(name));
            if (before.containsKey(name)) {
                values(here, before.get(name), value, steps);
            } else {
                steps.add(new Add(here, value));
            }
        });
    }

    private static void values(
            JsonPointer place,
            @Nullable Object before,
            @Nullable Object after,
            List<PatchOperation> steps) {
        if (Objects.equals(before, after) || sameNumber(before, after)) {
            return;
        }
        if (before instanceof Map<?, ?> from && after instanceof Map<?, ?> to) {
            members(place, from, to, steps);
        } else if (before instanceof List<?> from && after instanceof List<?> to) {
            elements(place, from, to, steps);
        } else {
            steps.add(new Replace(place, after));
        }
    }

    /** JSON has one kind of number, Java has many. */
    private static boolean sameNumber(@Nullable Object before, @Nullable Object after) {
        return before instanceof Number one
                && after instanceof Number other
                && new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString())) == 0;
    }

    /**
     * Elements that are the same thing (the same name, if they have one) are changed where they
     * stand, so that the patch says what was done and nothing else of the list is touched. Elements
     * that moved are taken out and put in again.
     */
    private static void elements(
            JsonPointer place, List<?> before, List<?> after, List<PatchOperation> steps) {
        List<@Nullable Object> now = new ArrayList<>(before);
        for (int index = now.size() - 1; index >= 0; index--) {
            if (find(after, now.get(index), 0) < 0) {
                steps.add(new Remove(place.child(index)));
                now.remove(index);
            }
        }
        for (int index = 0; index < after.size(); index++) {
            Object wanted = after.get(index);
            int at = find(now, wanted, index);
            if (at == index) {
                values(place.child(index), now.get(index), wanted, steps);
                now.set(index, wanted);
                continue;
            }
            if (at > index) {
                steps.add(new Remove(place.child(at)));
                now.remove(at);
            }
            steps.add(new Add(place.child(index), wanted));
            now.add(index, wanted);
        }
        for (int index = now.size() - 1; index >= after.size(); index--) {
            steps.add(new Remove(place.child(index)));
        }
    }

    private static int find(List<?> list, @Nullable Object wanted, int from) {
        for (int index = from; index < list.size(); index++) {
            if (same(list.get(index), wanted)) {
                return index;
            }
        }
        return -1;
    }

    private static boolean same(@Nullable Object one, @Nullable Object other) {
        if (one instanceof Map<?, ?> left
                && other instanceof Map<?, ?> right
                && left.get("name") instanceof String name) {
            return name.equals(right.get("name"));
        }
        return Objects.equals(one, other);
    }

    private static void take(Map<String, @Nullable Object> document, PatchOperation step) {
        if (step.path().isRoot()) {
            throw new IllegalArgumentException("the document itself cannot be changed by a step");
        }
        Object parent = document;
        for (String token : step.path().parent().tokens()) {
            parent = inside(parent, token, step);
        }
        String last = step.path().last();
        switch (parent) {
            case Map<?, ?> map -> member(modifiable(map), last, step);
            case List<?> list -> element(modifiable(list), last, step);
            case null, default -> throw nowhere(step);
        }
    }

    private static @Nullable Object inside(
            @Nullable Object parent, String token, PatchOperation step) {
        return switch (parent) {
            case Map<?, ?> map when map.containsKey(token) -> map.get(token);
            case List<?> list -> list.get(index(token, list.size() - 1, step));
            case null, default -> throw nowhere(step);
        };
    }

    private static void member(
            Map<String, @Nullable Object> map, String name, PatchOperation step) {
        if (!(step instanceof Add) && !map.containsKey(name)) {
            throw nowhere(step);
        }
        switch (step) {
            case Add add -> map.put(name, add.value());
            case Replace replace -> map.put(name, replace.value());
            case Remove _ -> map.remove(name);
        }
    }

    private static void element(List<@Nullable Object> list, String token, PatchOperation step) {
        switch (step) {
            case Add add ->
                    list.add(
                            token.equals("-") ? list.size() : index(token, list.size(), step),
                            add.value());
            case Replace replace -> list.set(index(token, list.size() - 1, step), replace.value());
            case Remove _ -> list.remove(index(token, list.size() - 1, step));
        }
    }

    private static int index(String token, int most, PatchOperation step) {
        if (!token.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(token) > most) {
            throw nowhere(step);
        }
        return Integer.parseInt(token);
    }

    private static IllegalArgumentException nowhere(PatchOperation step) {
        return new IllegalArgumentException("the document has no place " + step.path());
    }

    @SuppressWarnings("unchecked") // copy() made it
    private static Map<String, @Nullable Object> modifiable(Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
    }

    @SuppressWarnings("unchecked") // copy() made it
    private static List<@Nullable Object> modifiable(List<?> list) {
        return (List<@Nullable Object>) list;
    }
}
