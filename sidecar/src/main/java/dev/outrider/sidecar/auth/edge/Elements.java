package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.http.FieldValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a list field, from its end: the trusted proxies wrote last, so what they wrote is
 * found whatever a client put before it, unbalanced quotes included. For one thread.
 */
final class Elements {
    private final List<FieldValue> fields;
    private int field;
    private String text = "";
    private int end = -1;

    Elements(List<FieldValue> fields) {
        this.fields = fields;
        this.field = fields.size();
    }

    /** The element before the last one given, null if there is none. */
    @Nullable String previous() {
        if (end < 0) {
            if (field == 0) {
                return null;
            }
            text = fields.get(--field).toString();
            end = text.length();
        }
        boolean quoted = false;
        int start = end;
        while (start > 0 && (quoted || text.charAt(start - 1) != ',')) {
            quoted ^= text.charAt(start - 1) == '"';
            start--;
        }
        String element = text.substring(start, end);
        end = start - 1;
        return element;
    }

    /** The end of the part that begins at {@code from}, a separator outside quotes or the end. */
    static int next(String text, int from, char separator) {
        boolean quoted = false;
        int at = from;
        while (at < text.length() && (quoted || text.charAt(at) != separator)) {
            quoted ^= text.charAt(at) == '"';
            at++;
        }
        return at;
    }
}
