package dev.outrider.injector.pod;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kubernetes' way to write an amount of CPU or memory: {@code 100m}, {@code 0.5}, {@code 128Mi}.
 */
final class Quantity {
    private static final Pattern WRITTEN =
            Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?");

    private static final Map<String, BigDecimal> FACTORS =
            Map.of(
                    "m", new BigDecimal("0.001"),
                    "k", BigDecimal.valueOf(1000L),
                    "M", BigDecimal.valueOf(1000_000L),
                    "G", BigDecimal.valueOf(1000_000_000L),
                    "T", BigDecimal.valueOf(1000_000_000_000L),
                    "Ki", BigDecimal.valueOf(1L << 10),
                    "Mi", BigDecimal.valueOf(1L << 20),
                    "Gi", BigDecimal.valueOf(1L << 30),
                    "Ti", BigDecimal.valueOf(1L << 40));

    private Quantity() {}

    /** The text itself, if it is one; empty means none. */
    static String check(String text) {
        if (!text.isEmpty()) {
            value(text);
        }
        return text;
    }

    static BigDecimal value(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException("write an amount such as 100m, 0.5, 128Mi or 1Gi");
        }
        BigDecimal number = new BigDecimal(written.group(1));
        String suffix = written.group(2);
        return suffix == null ? number : number.multiply(FACTORS.get(suffix));
    }
}
