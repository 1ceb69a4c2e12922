package dev.outrider.sidecar.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
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
        try {
            R record = build.apply(reading);
            reading.refuse(Set.of());
            return record;
        } catch (InvalidParts e) {
            reading.refuse(names());
            throw e.in(mapping);
        } catch (IllegalArgumentException e) {
            reading.refuse(names());
            throw new InvalidValue(mapping.place(), String.valueOf(e.getMessage()));
        } catch (NullPointerException e) {
            // The record met the absence of a field that was refused; that refusal is the cause.
            reading.refuse(names());
            throw e;
        }
    }

    /** All names, for a reading that broke off before it asked for the last. */
    private Set<String> names() {
        return fields().stream().map(Field::name).collect(Collectors.toSet());
    }

    /** The fields in the order of declaration. */
    public List<Field> fields() {
        Describing describing = new Describing();
        try {
            var _ = build.apply(describing);
        } catch (IllegalArgumentException | NullPointerException e) {
            // Samples need not satisfy the record's own rules, and a record may have no sample; all
            // fields were asked for before its constructor ran.
        }
        return List.copyOf(describing.fields);
    }

    @Override
    public Map<String, Object> json() {
        return Map.of("$ref", "#/$defs/" + name);
    }

    /** The record's own entry in the {@code $defs} of the JSON Schema. */
    public Map<String, Object> definition() {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Field field : fields()) {
            // Sorted: a shape made by Map.of has another order in each JVM.
            Map<String, Object> property = new TreeMap<>(field.schema.json());
            property.put("description", described(field));
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

    private static String described(Field field) {
        return field.fallback == null
                ? field.help
                : field.help + " (default: " + field.fallback + ")";
    }

    @Override
    public List<RecordSchema<?>> records() {
        return List.of(this);
    }

    @Override
    public String shape() {
        return name;
    }

    /** Throws {@link IllegalArgumentException} when the samples of the fields break its rules. */
    @Override
    public R sample() {
        return build.apply(new Describing());
    }

    /** An empty mapping when the fields' own defaults make up the record. */
    @Override
    public String show(R record) {
        try {
            if (read(new Value.Mapping(Value.Place.NOWHERE, Map.of())).equals(record)) {
                return "{}";
            }
        } catch (InvalidValue e) {
            // It has a field that must be there, so no empty mapping stands for it.
        }
        return String.valueOf(record);
    }

    private static final class Reading implements Fields {
        private final Value.Mapping mapping;
        private final Set<String> known = new LinkedHashSet<>();
        private final Problems problems = new Problems();

        Reading(Value.Mapping mapping) {
            this.mapping = mapping;
        }

        @Override
        // The null of a refused field reaches nobody: refuse() throws before the record is given.
        @SuppressWarnings("NullAway")
        public <T> T required(String name, Schema<T> schema, String help) {
            Value value = ask(name);
            if (value == null) {
                problems.add(mapping.place(), "'" + name + "' is missing: " + help);
                return null;
            }
            return problems.read(schema, value);
        }

        @Override
        public <T> T optional(String name, Schema<T> schema, T fallback, String help) {
            Value value = ask(name);
            T read = value == null ? null : problems.read(schema, value);
            return read == null ? fallback : read;
        }

        @Override
        public <T> @Nullable T nullable(String name, Schema<T> schema, String help) {
            Value value = ask(name);
            return value == null ? null : problems.read(schema, value);
        }

        private @Nullable Value ask(String name) {
            known.add(name);
            return mapping.entries().get(name);
        }

        void refuse(Set<String> alsoKnown) {
            known.addAll(alsoKnown);
            for (Map.Entry<String, Value> entry : mapping.entries().entrySet()) {
                String key = entry.getKey();
                if (!known.contains(key)) {
                    problems.add(
                            entry.getValue().place(),
                            "unknown key '" + key + "'" + Spelling.hint(key, known));
                }
            }
            problems.refuse();
        }
    }

    private static final class Describing implements Fields {
        private final List<Field> fields = new ArrayList<>();

        @Override
        // A record without a sample leaves a null that ends the description, not before its end.
        @SuppressWarnings("NullAway")
        public <T> T required(String name, Schema<T> schema, String help) {
            fields.add(new Field(name, schema, true, null, help));
            try {
                return schema.sample();
            } catch (IllegalArgumentException | NullPointerException e) {
                return null;
            }
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
