package dev.outrider.injector.manifest.text;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values the way the text around them is written.
 *
 * @param eol ends each line
 * @param step by which a mapping in a mapping is indented
 * @param dash by which the items of a list are indented under their key
 * @param compact whether JSON has no blanks
 */
record Rendering(String eol, int step, int dash, boolean compact) {
    /** A key and its value in lines, the first of which begins where it is put, at a column. */
    String entry(String key, @Nullable Object value, int column) {
        String word = Words.block(key) + ":";
        return isInline(value) ? word + " " + inline(value) : word + children(value, column);
    }

    /** An item behind its dash; its lines begin at the column behind the dash. */
    String item(@Nullable Object value, int column) {
        return isInline(value) ? inline(value) : lines(value, column).stripLeading();
    }

    /** What stands in the lines below a key, each begun by a line break. */
    String children(@Nullable Object value, int column) {
        return eol + lines(value, column + (value instanceof List ? dash : step));
    }

    private String lines(@Nullable Object value, int column) {
        List<String> lines = new ArrayList<>();
        String indent = " ".repeat(column);
        if (value instanceof List<?> list) {
            list.forEach(item -> lines.add(indent + "- " + item(item, column + 2)));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, it) -> lines.add(indent + entry(String.valueOf(key), it, column)));
        }
        return String.join(eol, lines);
    }

    static boolean isInline(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> map.isEmpty();
            case List<?> list -> list.isEmpty();
            case null, default -> true;
        };
    }

    private static String inline(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> _ -> "{}";
            case List<?> _ -> "[]";
            case null, default -> Words.block(value);
        };
    }

    /** As JSON in one line. */
    String json(@Nullable Object value) {
        StringBuilder json = new StringBuilder();
        json(json, value, compact ? "," : ", ", "", -1);
        return json.toString();
    }

    /** As JSON in lines, which begin at a column. */
    String json(@Nullable Object value, int column) {
        StringBuilder json = new StringBuilder();
        json(json, value, ",", eol, column);
        return json.toString();
    }

    String jsonEntry(String key, String value) {
        return Words.json(key) + (compact ? ":" : ": ") + value;
    }

    private void json(
            StringBuilder json, @Nullable Object value, String comma, String eol, int column) {
        switch (value) {
            case Map<?, ?> map when !map.isEmpty() -> {
                json.append('{');
                Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
                while (entries.hasNext()) {
                    Map.Entry<?, ?> entry = entries.next();
                    json.append(line(eol, column, step))
                            .append(jsonEntry(String.valueOf(entry.getKey()), ""));
                    json(json, entry.getValue(), comma, eol, column + step);
                    json.append(entries.hasNext() ? comma : "");
                }
                json.append(line(eol, column, 0)).append('}');
            }
            case List<?> list when !list.isEmpty() -> {
                json.append('[');
                Iterator<?> items = list.iterator();
                while (items.hasNext()) {
                    json.append(line(eol, column, step));
                    json(json, items.next(), comma, eol, column + step);
                    json.append(items.hasNext() ? comma : "");
                }
                json.append(line(eol, column, 0)).append(']');
            }
            case Map<?, ?> _ -> json.append("{}");
            case List<?> _ -> json.append("[]");
            case null, default -> json.append(Words.json(value));
        }
    }

    private static String line(String eol, int column, int step) {
        return eol.isEmpty() ? "" : eol + " ".repeat(Math.max(column, 0) + step);
    }
}
