package dev.outrider.injector.manifest.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes documents, writes them in every style with comments everywhere, and changes them. */
public final class RandomYaml {
    private static final List<Object> SCALARS =
            List.of(
                    "a",
                    "two words",
                    "",
                    "true",
                    "yes",
                    "8080",
                    "it's",
                    "say \"so\"",
                    "# none",
                    "a: b",
                    "- x",
                    "line\nbreak",
                    "tab\there",
                    "é😀",
                    7,
                    -3,
                    true,
                    false,
                    1.5,
                    "10m",
                    "0644");

    private final Random random;
    private final String eol;
    private final Map<Object, String> anchors = new HashMap<>();
    private int comments;

    public RandomYaml(Random random) {
        this.random = random;
        eol = random.nextInt(4) == 0 ? "\r\n" : "\n";
    }

    /** Every comment that was written ends in the next number. */
    public int comments() {
        return comments;
    }

    public Map<String, @Nullable Object> object(int depth) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        int size = 1 + random.nextInt(4);
        for (int index = 0; index < size; index++) {
            object.put("key" + random.nextInt(12), value(depth));
        }
        return object;
    }

    public @Nullable Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0 -> random.nextInt(3) == 0 ? null : List.of();
            case 5, 6 -> object(depth - 1);
            case 7 -> {
                List<@Nullable Object> list = new ArrayList<>();
                boolean named = random.nextBoolean();
                for (int index = random.nextInt(4); index >= 0; index--) {
                    if (named) {
                        Map<String, @Nullable Object> item = new LinkedHashMap<>();
                        item.put("name", "n" + index);
                        item.putAll(object(depth - 1));
                        list.add(item);
                    } else {
                        list.add(value(depth - 1));
                    }
                }
                yield list;
            }
            default -> SCALARS.get(random.nextInt(SCALARS.size()));
        };
    }

    /** Another value that is like it in places. */
    public @Nullable Object changed(@Nullable Object value, int depth) {
        return switch (value) {
            case Map<?, ?> map when random.nextInt(8) > 0 -> changedObject(map, depth);
            case List<?> list when random.nextInt(8) > 0 -> {
                List<@Nullable Object> changed = new ArrayList<>();
                for (Object item : list) {
                    if (random.nextInt(5) == 0) {
                        changed.add(value(Math.max(0, depth - 1)));
                    }
                    if (random.nextInt(5) > 0) {
                        changed.add(changed(item, depth - 1));
                    }
                }
                if (random.nextInt(4) == 0) {
                    changed.add(value(Math.max(0, depth - 1)));
                }
                yield changed;
            }
            case null, default -> random.nextInt(6) == 0 ? value(Math.max(0, depth)) : value;
        };
    }

    public Map<String, @Nullable Object> changedObject(Map<?, ?> map, int depth) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (random.nextInt(6) > 0) {
                changed.put(String.valueOf(entry.getKey()), changed(entry.getValue(), depth - 1));
            }
            if (random.nextInt(5) == 0) {
                changed.putIfAbsent("new" + random.nextInt(9), value(Math.max(0, depth - 1)));
            }
        }
        return changed;
    }

    public String document(Map<String, @Nullable Object> object) {
        StringBuilder out = new StringBuilder();
        comment(out, 0);
        mapping(out, object, 0, false);
        String text = out.toString();
        return random.nextInt(5) == 0 && text.endsWith(eol)
                ? text.substring(0, text.length() - eol.length())
                : text;
    }

    private void mapping(StringBuilder out, Map<?, ?> map, int column, boolean afterDash) {
        boolean indented = afterDash;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!indented) {
                comment(out, column);
                out.append(" ".repeat(column));
            }
            indented = false;
            out.append(key(String.valueOf(entry.getKey()))).append(':');
            behind(out, entry.getValue(), column, false);
        }
    }

    private void behind(StringBuilder out, @Nullable Object value, int column, boolean dash) {
        boolean anchored = value != null && random.nextInt(7) == 0;
        if (anchored && anchors.containsKey(value)) {
            out.append(" *").append(anchors.get(value));
            lineEnd(out);
            return;
        }
        if (anchored) {
            anchors.put(value, "a" + anchors.size());
            out.append(" &").append(anchors.get(value));
        }
        boolean brackets = random.nextInt(5) == 0;
        int step = 1 + random.nextInt(4);
        if (value instanceof Map<?, ?> map && !map.isEmpty() && !brackets) {
            if (dash && !anchored) {
                out.append(' ');
                mapping(out, map, column + 2, true);
            } else {
                lineEnd(out);
                mapping(out, map, column + step, false);
            }
        } else if (value instanceof List<?> list && !list.isEmpty() && !brackets && !dash) {
            lineEnd(out);
            int at = column + (random.nextBoolean() ? 0 : step);
            for (Object item : list) {
                comment(out, at);
                out.append(" ".repeat(at)).append('-');
                behind(out, item, at, true);
            }
        } else {
            inline(out, value, column + 2);
        }
    }

    private void inline(StringBuilder out, @Nullable Object value, int column) {
        if (value == null && random.nextBoolean()) {
            lineEnd(out);
            return;
        }
        if (value instanceof String text && text.contains("\n") && random.nextBoolean()) {
            out.append(" |-").append(eol);
            for (String line : text.split("\n", -1)) {
                out.append(" ".repeat(column + 1)).append(line).append(eol);
            }
            return;
        }
        out.append(' ').append(flow(value, random.nextInt(3) == 0 ? column + 2 : -1));
        lineEnd(out);
    }

    private String flow(@Nullable Object value, int column) {
        String gap = column < 0 ? " " : eol + " ".repeat(column);
        String first = column < 0 ? "" : gap;
        return switch (value) {
            case Map<?, ?> map when !map.isEmpty() -> {
                List<String> entries = new ArrayList<>();
                map.forEach(
                        (key, it) -> entries.add(key(String.valueOf(key)) + ": " + flow(it, -1)));
                yield "{" + first + String.join("," + gap, entries) + first + "}";
            }
            case List<?> list when !list.isEmpty() ->
                    "["
                            + first
                            + String.join("," + gap, list.stream().map(it -> flow(it, -1)).toList())
                            + first
                            + "]";
            case Map<?, ?> _ -> "{}";
            case List<?> _ -> random.nextBoolean() ? "[]" : "[ ]";
            case null, default -> scalar(value);
        };
    }

    private String scalar(@Nullable Object value) {
        if (!(value instanceof String text)) {
            return String.valueOf(value);
        }
        if (text.matches("[a-z]") && random.nextBoolean()) {
            return text;
        }
        return !text.contains("\n") && !text.contains("\t") && random.nextBoolean()
                ? "'" + text.replace("'", "''") + "'"
                : Words.json(text);
    }

    private String key(String key) {
        return random.nextInt(8) == 0 ? "\"" + key + "\"" : key;
    }

    private void comment(StringBuilder out, int column) {
        switch (random.nextInt(9)) {
            case 0 -> out.append(" ".repeat(column)).append("# c").append(comments++).append(eol);
            case 1 -> out.append("# c").append(comments++).append(eol);
            case 2 -> out.append(eol);
            default -> {}
        }
    }

    private void lineEnd(StringBuilder out) {
        if (random.nextInt(5) == 0) {
            out.append("  # c").append(comments++);
        }
        out.append(eol);
    }
}
