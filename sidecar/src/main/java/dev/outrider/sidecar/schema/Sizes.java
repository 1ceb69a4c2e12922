package dev.outrider.sidecar.schema;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them; units are powers of 1024. */
final class Sizes {
    static final String PATTERN = "^([0-9]{1,15})(B|KiB|MiB|GiB)?$";
    private static final Pattern FORM = Pattern.compile(PATTERN);
    private static final String[] UNITS = {"GiB", "MiB", "KiB"};

    private Sizes() {}

    static long parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a size such as 64KiB or 1MiB");
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), bytesOf(matcher.group(2)));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("expected a size under 8 EiB", e);
        }
    }

    static String show(long bytes) {
        for (String unit : UNITS) {
            if (bytes > 0 && bytes % bytesOf(unit) == 0) {
                return bytes / bytesOf(unit) + unit;
            }
        }
        return bytes + "B";
    }

    private static long bytesOf(@org.jspecify.annotations.Nullable String unit) {
        return switch (unit) {
            case "GiB" -> 1L << 30;
            case "MiB" -> 1L << 20;
            case "KiB" -> 1L << 10;
            case null, default -> 1;
        };
    }
}
