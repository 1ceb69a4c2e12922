package dev.outrider.sidecar.observe;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of Prometheus' text format 0.0.4: help and type before samples, each family in
 * one piece, no series twice, histograms that add up. Throws at the first fault.
 */
final class PrometheusText {
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*\\})? ([-+]?(?:[0-9.]+(?:[eE][-+]?[0-9]+)?|Inf)|NaN)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\n\"])*)\",?");

    /** Value by {@code name{labels}}. */
    final Map<String, Double> samples = new LinkedHashMap<>();

    private final Map<String, String> types = new HashMap<>();
    private final Set<String> helped = new HashSet<>();
    private final Set<String> ended = new HashSet<>();
    private String family = "";

    static PrometheusText parse(String text) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line does not end");
        }
        PrometheusText parsed = new PrometheusText();
        text.lines().forEach(parsed::line);
        parsed.checkHistograms();
        return parsed;
    }

    private void line(String line) {
        if (line.startsWith("# HELP ")) {
            String name = line.split(" ", 4)[2];
            require(helped.add(name), line);
            begin(name, line);
        } else if (line.startsWith("# TYPE ")) {
            String[] words = line.split(" ", -1);
            require(words.length == 4, line);
            require(types.putIfAbsent(words[2], words[3]) == null, line);
            begin(words[2], line);
        } else {
            sample(line);
        }
    }

    private void begin(String name, String line) {
        if (!family.equals(name)) {
            ended.add(family);
            require(!ended.contains(name), line);
            family = name;
        }
    }

    private void sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        require(matcher.matches(), line);
        String name = matcher.group(1);
        String labels = matcher.group(2) == null ? "" : matcher.group(2);
        String type = types.getOrDefault(family, "");
        require(!type.isEmpty() && helped.contains(family), line);
        boolean part = type.equals("histogram") || type.equals("summary");
        String base = part ? name.replaceFirst("_(bucket|sum|count)$", "") : name;
        require(base.equals(family), line);
        if (!labels.isEmpty()) {
            Matcher label = LABEL.matcher(labels.substring(1, labels.length() - 1));
            Set<String> names = new HashSet<>();
            int end = 0;
            while (label.find()) {
                require(label.start() == end && names.add(label.group(1)), line);
                end = label.end();
            }
            require(end == labels.length() - 2, line);
        }
        String value = matcher.group(3).replace("Inf", "Infinity");
        require(samples.put(name + labels, Double.valueOf(value)) == null, line);
    }

    private void checkHistograms() {
        Map<String, Double> last = new HashMap<>();
        samples.forEach((series, value) -> {
            if (!series.contains("_bucket{")) {
                return;
            }
            String key = series.replaceFirst(",?le=\"[^\"]*\"", "").replace("_bucket", "_count");
            require(value >= last.getOrDefault(key, 0.0), series);
            last.put(key, value);
        });
        last.forEach((series, value) ->
                require(
                        value.equals(samples.get(series.replace("{}", ""))),
                        series + ": the last bucket is not the count"));
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("not the text format: " + what);
        }
    }

    double sum(String name, String... labels) {
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().matches(Pattern.quote(name) + "(\\{.*)?"))
                .filter(sample ->
                        java.util.Arrays.stream(labels).allMatch(sample.getKey()::contains))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
