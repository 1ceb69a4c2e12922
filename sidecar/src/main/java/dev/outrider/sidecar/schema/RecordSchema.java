package dev.outrider.sidecar.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The schema of a record; its declaration is the function that builds it. */
public final class RecordSchema<R> implements Schema<R> {
    private final String name;
    private final String summary;
    private final Function<Fields, R> build;

    RecordSchema(String name, String summary, Function<Fields, R> build) {
        this.name = name;
        this.summary = summary;
        this.build = build;
    }

    /** One field as the reference shows it; {@code fallback} is null when there is none to show. */
    public record Field(
            String name,
            Schema<?> schema,
            boolean required,
            @Nullable String fallback,
            String help) {}

    public String name() {
        return name;
    }

    public String summary() {
        return summary;
    }

    @Override
    public R read(Value value) {
        if (!(value instanceof Value.Mapping mapping)) {
            throw new InvalidValue(value.place(), "expected a mapping (" + summary + ")");
        }
        Reading reading = new Reading(mapping);
        R record;
        try {
            record = build.apply(reading);
        } catch (IllegalArgumentException e) {
            throw new InvalidValue(mapping.place(), String.valueOf(e.getMessage()));
        }
        reading.refuseUnknown();
        return record;
    }

    /** The fields in the order of declaration. */
    public List<Field> fields() {
        Describing describing = new Describing();
        try {
            var _ = build.apply(describing);
        } catch (IllegalArgumentException e) {
            // Samples need not satisfy the record's own rules; all fields were asked for before it
            // ran.
        }
        return describing.fields;
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Field field : fields()) {
            Map<String, Object> property = new LinkedHashMap<>(field.schema.json());
            property.put("description", field.help);
            properties.put(field.name, property);
            if (field.required) {
                required.add(field.name);
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "object");
        json.put("description", summary);
        json.put("additionalProperties", false);
        json.put("properties", properties);
        if (!required.isEmpty()) {
            json.put("required", required);
        }
        return json;
    }

    @Override
    public String shape() {
        return name;
    }

    @Override
    public R sample() {
        return build.apply(new Describing());
    }

    private static final class Reading implements Fields {
        private final Value.Mapping mapping;
        private final Set<String> known = new LinkedHashSet<>();

        Reading(Value.Mapping mapping) {
            this.mapping = mapping;
        }

        @Override
        public <T> T required(String name, Schema<T> schema, String help) {
            known.add(name);
            Value value = mapping.entries().get(name);
            if (value == null) {
                throw new InvalidValue(mapping.place(), "'" + name + "' is missing: " + help);
            }
            return schema.read(value);
        }

        @Override
        public <T> T optional(String name, Schema<T> schema, T fallback, String help) {
            known.add(name);
            Value value = mapping.entries().get(name);
            return value == null ? fallback : schema.read(value);
        }

        @Override
        public <T> @Nullable T nullable(String name, Schema<T> schema, String help) {
            known.add(name);
            Value value = mapping.entries().get(name);
            return value == null ? null : schema.read(value);
        }

        void refuseUnknown() {
            for (Map.Entry<String, Value> entry : mapping.entries().entrySet()) {
                if (!known.contains(entry.getKey())) {
                    throw new InvalidValue(
                            entry.getValue().place(),
                            "unknown key '"
                                    + entry.getKey()
                                    + "'"
                                    + Spelling.hint(entry.getKey(), known));
                }
            }
        }
    }

    private static final class Describing implements Fields {
        private final List<Field> fields = new ArrayList<>();

        @Override
        public <T> T required(String name, Schema<T> schema, String help) {
            fields.add(new Field(name, schema, true, null, help));
            return schema.sample();
        }

        @Override
        public <T> T optional(String name, Schema<T> schema, T fallback, String help) {
            fields.add(new Field(name, schema, false, schema.show(fallback), help));
            return fallback;
        }

        @Override
        public <T> @Nullable T nullable(String name, Schema<T> schema, String help) {
            fields.add(new Field(name, schema, false, null, help));
            return null;
        }
    }
}
