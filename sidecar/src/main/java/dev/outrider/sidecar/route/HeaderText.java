package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.http.Fields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A header's value with variables in it. What a variable brings cannot end the field and begin
 * another: of its characters only those remain that a value may hold, in UTF-8. Immutable.
 */
final class HeaderText {
    /** One of the two. */
    private record Part(@Nullable String text, Variables.@Nullable Variable variable) {}

    private final List<Part> parts;

    private HeaderText(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * @throws IllegalArgumentException if a variable is unknown or the text holds what no value may
     */
    static HeaderText parse(String text, Variables variables) {
        List<Part> parts = new ArrayList<>();
        int done = 0;
        for (int open = text.indexOf("${"); open >= 0; open = text.indexOf("${", done)) {
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new IllegalArgumentException("'" + text + "' has '${' without '}'");
            }
            literal(parts, text.substring(done, open));
            parts.add(new Part(null, variables.variable(text.substring(open + 2, close))));
            done = close + 1;
        }
        literal(parts, text.substring(done));
        return new HeaderText(parts);
    }

    private static void literal(List<Part> parts, String text) {
        String bytes = bytes(text);
        if (!bytes.chars().allMatch(Fields::isFieldValue)) {
            throw new IllegalArgumentException(
                    "'" + text.strip() + "' must be one line without control characters");
        }
        if (!bytes.isEmpty()) {
            parts.add(new Part(bytes, null));
        }
    }

    /** The value; null if one of its variables has none. */
    @Nullable String of(Exchange exchange) {
        if (parts.size() == 1 && parts.getFirst().text != null) {
            return parts.getFirst().text;
        }
        StringBuilder value = new StringBuilder();
        for (Part part : parts) {
            if (part.text != null) {
                value.append(part.text);
            } else if (part.variable != null) {
                String found = part.variable.apply(exchange);
                if (found == null || found.isEmpty()) {
                    return null;
                }
                clean(value, bytes(found));
            }
        }
        return value.toString();
    }

    private static void clean(StringBuilder out, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Fields.isFieldValue(c)) {
                out.append(c);
            }
        }
    }

    /** A character for each byte of its UTF-8, as heads hold them. */
    private static String bytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return new String(
                        text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }
}
