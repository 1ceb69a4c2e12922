package dev.outrider.injector.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A place in a JSON document (RFC 6901): names and indices from the root down. */
public record JsonPointer(List<String> tokens) {
    public static final JsonPointer ROOT = new JsonPointer(List.of());

    public JsonPointer {
        tokens = List.copyOf(tokens);
    }

    /** Reads {@code /spec/containers/0}. */
    public static JsonPointer parse(String text) {
        if (text.isEmpty()) {
            return ROOT;
        }
        if (text.charAt(0) != '/') {
            throw new IllegalArgumentException("'" + text + "' does not begin with /");
        }
        List<String> tokens = new ArrayList<>();
        for (String token : text.substring(1).split("/", -1)) {
            // In this order, so that ~01 becomes ~1 and not a slash.
            tokens.add(token.replace("~1", "/").replace("~0", "~"));
        }
        return new JsonPointer(tokens);
    }

    public JsonPointer child(String name) {
        List<String> longer = new ArrayList<>(tokens);
        longer.add(name);
        return new JsonPointer(longer);
    }

    public JsonPointer child(int index) {
        return child(Integer.toString(index));
    }

    public boolean isRoot() {
        return tokens.isEmpty();
    }

    /** The place that holds this one; the root has none. */
    public JsonPointer parent() {
        return new JsonPointer(tokens.subList(0, tokens.size() - 1));
    }

    public String last() {
        return tokens.getLast();
    }

    /** As it is written in a patch. */
    @Override
    public String toString() {
        return tokens.stream()
                .map(token -> "/" + token.replace("~", "~0").replace("/", "~1"))
                .collect(Collectors.joining());
    }
}
