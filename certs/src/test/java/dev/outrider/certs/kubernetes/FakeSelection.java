package dev.outrider.certs.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Label and field selectors in the words of the Kubernetes documentation. */
record FakeSelection(String labels, String fields) {
    private static final Pattern SET = Pattern.compile("([^ !=]+) +(in|notin) +\\(([^)]*)\\)");

    boolean matches(Map<String, @Nullable Object> object) {
        Map<String, String> shown = Fields.labels(object);
        for (String part : split(labels)) {
            if (!label(part, shown)) {
                return false;
            }
        }
        for (String part : split(fields)) {
            String[] sides = part.split("!?==?", 2);
            Optional<String> value = Fields.text(object, sides[0].split("\\."));
            if (value.orElse("").equals(sides[1]) == part.contains("!=")) {
                return false;
            }
        }
        return true;
    }

    private static boolean label(String part, Map<String, String> shown) {
        Matcher set = SET.matcher(part);
        if (set.matches()) {
            String value = shown.get(set.group(1));
            boolean among =
                    value != null && Set.of(set.group(3).trim().split(" *, *")).contains(value);
            return set.group(2).equals("in") == among;
        }
        if (part.contains("!=")) {
            String[] sides = part.split("!=", 2);
            return !sides[1].equals(shown.get(sides[0]));
        }
        if (part.contains("=")) {
            String[] sides = part.split("==?", 2);
            return sides[1].equals(shown.get(sides[0]));
        }
        return part.startsWith("!")
                ? !shown.containsKey(part.substring(1))
                : shown.containsKey(part);
    }

    /** At commas outside of brackets. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split(",(?![^(]*\\))")) {
            if (!part.isBlank()) {
                parts.add(part.trim());
            }
        }
        return parts;
    }
}
