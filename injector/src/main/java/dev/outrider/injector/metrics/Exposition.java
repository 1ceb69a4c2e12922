package dev.outrider.injector.metrics;

import java.util.List;

/** The text under way. Confined to the thread that writes it. */
final class Exposition {
    private final StringBuilder text = new StringBuilder(4096);

    void head(String name, String help, String type) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    void sample(String name, List<String> labels, List<String> values, double value) {
        text.append(name);
        for (int index = 0; index < labels.size(); index++) {
            text.append(index == 0 ? '{' : ',').append(labels.get(index)).append("=\"");
            escape(values.get(index));
            text.append('"');
        }
        text.append(labels.isEmpty() ? " " : "} ").append(number(value)).append('\n');
    }

    private void escape(String value) {
        for (int index = 0; index < value.length(); index++) {
            switch (value.charAt(index)) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(value.charAt(index));
            }
        }
    }

    /** Counts without a fraction, so that people can read them. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
