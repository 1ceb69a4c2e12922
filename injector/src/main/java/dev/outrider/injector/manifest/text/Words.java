package dev.outrider.injector.manifest.text;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes scalars so that every reader of YAML, of whatever version, takes them for what they are.
 */
final class Words {
    /** No text of this kind has a meaning of its own in YAML 1.1 or 1.2. */
    private static final Pattern PLAIN =
            Pattern.compile("(--)?[A-Za-z/_][A-Za-z0-9/_.+=-]*([:@][A-Za-z0-9/_.+=-]+)*");

    private static final Pattern QUANTITY =
            Pattern.compile("[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti|s|ms|h)");

    private static final Pattern RESERVED =
            Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null|nan|inf");

    private Words() {}

    /** Outside of brackets. */
    static String block(@Nullable Object scalar) {
        if (!(scalar instanceof String text)) {
            return String.valueOf(scalar);
        }
        if (isPlain(text)) {
            return text;
        }
        return text.contains("\"") && isPrintable(text) ? single(text) : json(text);
    }

    /** Inside brackets, and in JSON. */
    static String json(@Nullable Object scalar) {
        if (!(scalar instanceof String text)) {
            return String.valueOf(scalar);
        }
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (isPrintable(c)) {
                        quoted.append(c);
                    } else {
                        quoted.append(String.format("\\u%04x", (int) c));
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** In the way the text that it takes the place of was written, where that can be. */
    static String like(Node.Style style, boolean flow, @Nullable Object scalar) {
        if (!(scalar instanceof String text)) {
            return String.valueOf(scalar);
        }
        return switch (style) {
            case DOUBLE_QUOTED -> json(text);
            case SINGLE_QUOTED -> isPrintable(text) ? single(text) : json(text);
            case PLAIN, BLOCK -> flow && !isPlain(text) ? json(text) : block(text);
        };
    }

    static boolean isPlain(String text) {
        return QUANTITY.matcher(text).matches()
                || (PLAIN.matcher(text).matches() && !RESERVED.matcher(text).matches());
    }

    private static String single(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> isPrintable((char) c));
    }

    private static boolean isPrintable(char c) {
        return (c >= ' ' && c < 0x7f) || (c > 0xa0 && c != 0x2028 && c != 0x2029 && c != 0xfeff);
    }
}
