package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.RecordSchema;
import java.util.List;
import java.util.Locale;

/**
 * Writes the reference of a configuration as Markdown: a section for each record with a table of
 * its keys, in the order in which a reader meets them.
 */
public final class ConfigReference {
    private ConfigReference() {}

    /** The text of the file below {@code introduction}, which brings its own title. */
    public static String markdown(RecordSchema<?> root, String introduction) {
        StringBuilder out = new StringBuilder();
        out.append(introduction.strip()).append("\n\n");
        out.append("The file as a whole is a [").append(root.name()).append("](#");
        out.append(anchor(root)).append(").\n");
        RecordTree.below(root).forEach(record -> section(record, out));
        return out.toString();
    }

    private static void section(RecordSchema<?> record, StringBuilder out) {
        out.append("\n## ").append(record.name()).append("\n\n");
        out.append(record.summary()).append("\n\n");
        out.append("| key | type | default | meaning |\n|---|---|---|---|\n");
        for (RecordSchema.Field field : record.fields()) {
            out.append("| `").append(field.name()).append("` | ");
            out.append(type(field)).append(" | ");
            out.append(fallback(field)).append(" | ");
            out.append(cell(field.help())).append(" |\n");
        }
    }

    /** The shape with the names of records in it turned into links. */
    private static String type(RecordSchema.Field field) {
        String type = cell(field.schema().shape());
        for (RecordSchema<?> record : field.schema().records()) {
            type = type.replace(record.name(), "[" + record.name() + "](#" + anchor(record) + ")");
        }
        return type;
    }

    private static String fallback(RecordSchema.Field field) {
        if (field.required()) {
            return "**required**";
        }
        String fallback = field.fallback();
        if (fallback == null || fallback.equals("none")) {
            return "none";
        }
        List<RecordSchema<?>> records = field.schema().records();
        if (fallback.equals("{}") && !records.isEmpty()) {
            return "its own defaults";
        }
        return fallback.isEmpty() ? "empty" : "`" + cell(fallback) + "`";
    }

    private static String anchor(RecordSchema<?> record) {
        return record.name().toLowerCase(Locale.ROOT);
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
