package dev.outrider.injector.manifest.text;

import java.math.BigInteger;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a plain scalar means to Kubernetes, whose tools read YAML 1.1 as go-yaml v2 does: {@code
 * yes} and {@code on} are booleans, {@code 0644} is octal.
 */
final class PlainScalar {
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUE =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSE =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Map<String, Double> SPECIAL =
            Map.of(
                    ".nan",
                    Double.NaN,
                    ".NaN",
                    Double.NaN,
                    ".NAN",
                    Double.NaN,
                    ".inf",
                    Double.POSITIVE_INFINITY,
                    ".Inf",
                    Double.POSITIVE_INFINITY,
                    ".INF",
                    Double.POSITIVE_INFINITY,
                    "+.inf",
                    Double.POSITIVE_INFINITY,
                    "-.inf",
                    Double.NEGATIVE_INFINITY,
                    "-.Inf",
                    Double.NEGATIVE_INFINITY,
                    "-.INF",
                    Double.NEGATIVE_INFINITY);
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern INTEGER =
            Pattern.compile("[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");

    private PlainScalar() {}

    static @Nullable Object value(String text) {
        if (NULLS.contains(text)) {
            return null;
        }
        if (TRUE.contains(text)) {
            return true;
        }
        if (FALSE.contains(text)) {
            return false;
        }
        Double special = SPECIAL.get(text);
        return special == null ? number(text) : special;
    }

    /** A number, or the text itself. */
    private static Object number(String text) {
        char first = text.charAt(0);
        if (first > '9' || (first < '0' && first != '-' && first != '+' && first != '.')) {
            return text;
        }
        String digits = text.replace("_", "");
        if (INTEGER.matcher(digits).matches()) {
            return integer(digits);
        }
        return FLOAT.matcher(digits).matches() ? (Object) Double.valueOf(digits) : text;
    }

    private static Object integer(String written) {
        boolean negative = written.charAt(0) == '-';
        String digits = written.replaceFirst("^[-+]", "");
        int radix = 10;
        int skip = 0;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            char mark = Character.toLowerCase(digits.charAt(1));
            radix = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
            skip = Character.isLetter(mark) ? 2 : 1;
        }
        BigInteger value = new BigInteger(digits.substring(skip), radix);
        return narrowed(negative ? value.negate() : value);
    }

    /** The type that a reader of JSON would choose. */
    private static Object narrowed(BigInteger value) {
        if (value.bitLength() < Integer.SIZE) {
            return value.intValue();
        }
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }
}
