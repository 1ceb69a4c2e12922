package dev.outrider.sidecar.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordSchemaTest {
    private record Wait(Duration base, Duration max) {
        static final RecordSchema<Wait> SCHEMA =
                Schema.record(
                        "Wait",
                        "How long to wait.",
                        f ->
                                new Wait(
                                        f.optional(
                                                "base",
                                                Schemas.duration(),
                                                Duration.ofMillis(25),
                                                "first wait"),
                                        f.optional(
                                                "max",
                                                Schemas.duration(),
                                                Duration.ofMillis(250),
                                                "longest wait")));

        Wait {
            if (base.compareTo(max) > 0) {
                throw new IllegalArgumentException("'base' is above 'max'; lower it");
            }
        }
    }

    /** Exactly one of two ways, as records with alternatives are written. */
    private record Source(@Nullable String files, @Nullable String ca) {
        static final RecordSchema<Source> SCHEMA =
                Schema.record(
                        "Source",
                        "Where it comes from.",
                        f ->
                                new Source(
                                        f.nullable("files", Schemas.text(), "a folder"),
                                        f.nullable("ca", Schemas.text(), "a server")));

        Source {
            if ((files == null) == (ca == null)) {
                throw new IllegalArgumentException("give one of 'files' and 'ca'");
            }
        }
    }

    private record Root(String name, Source source, Wait pause, List<Wait> waits) {
        static final RecordSchema<Root> SCHEMA =
                Schema.record(
                        "Root",
                        "All of it.",
                        f ->
                                new Root(
                                        f.required("name", Schemas.text(), "what it is called"),
                                        f.required("source", Source.SCHEMA, "its source"),
                                        f.optional(
                                                "pause",
                                                Wait.SCHEMA,
                                                new Wait(
                                                        Duration.ofMillis(25),
                                                        Duration.ofMillis(250)),
                                                "its wait"),
                                        f.optional(
                                                "waits",
                                                Schemas.list(Wait.SCHEMA),
                                                List.of(),
                                                "more waits")));

        Root {
            if (source.toString().isEmpty()) {
                throw new IllegalArgumentException("no source");
            }
        }
    }

    private static final Value.Place TOP = new Value.Place("", 1, 1);

    private static Value text(int line, String text) {
        return new Value.Scalar(new Value.Place("p" + line, line, 1), text);
    }

    private static Value map(int line, Object... entries) {
        Map<String, Value> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], (Value) entries[i + 1]);
        }
        return new Value.Mapping(new Value.Place("p" + line, line, 1), map);
    }

    private static List<String> problems(Schema<?> schema, Value value) {
        try {
            return List.of("accepted " + schema.read(value));
        } catch (InvalidValue e) {
            return e.problems().stream().map(p -> p.place().line() + " " + p.sentence()).toList();
        }
    }

    @Test
    void readsWhatIsThereAndFillsInTheRest() {
        Value value = map(1, "name", text(2, "a"), "source", map(3, "ca", text(4, "host")));
        assertThat(Root.SCHEMA.read(value))
                .isEqualTo(
                        new Root(
                                "a",
                                new Source(null, "host"),
                                new Wait(Duration.ofMillis(25), Duration.ofMillis(250)),
                                List.of()));
    }

    @Test
    void anUnknownKeyIsRefusedWithTheNearestKnownOne() {
        assertThat(problems(Wait.SCHEMA, map(1, "bse", text(7, "1s"))))
                .containsExactly("7 unknown key 'bse'; did you mean 'base'?");
    }

    @Test
    void anUnknownKeyFarFromAllIsRefusedWithTheList() {
        assertThat(problems(Wait.SCHEMA, map(1, "colour", text(7, "red"))))
                .containsExactly("7 unknown key 'colour'; known here: base, max");
    }

    @Test
    void aMissingKeyIsRefusedAtTheRecord() {
        Value value = map(3, "source", map(4, "ca", text(5, "x")));
        assertThat(problems(Root.SCHEMA, value))
                .containsExactly("3 'name' is missing: what it is called");
    }

    @Test
    void aRuleOfTheRecordIsReportedAtTheRecord() {
        assertThat(problems(Wait.SCHEMA, map(9, "base", text(10, "1s"))))
                .containsExactly("9 'base' is above 'max'; lower it");
    }

    @Test
    void alternativesAreCheckedByTheRecordItself() {
        assertThat(problems(Source.SCHEMA, map(2)))
                .containsExactly("2 give one of 'files' and 'ca'");
        assertThat(problems(Source.SCHEMA, map(2, "file", text(3, "x"))))
                .containsExactly("3 unknown key 'file'; did you mean 'files'?");
    }

    @Test
    void allProblemsOfOnePassAreTold() {
        Value value =
                map(
                        1,
                        "source",
                        map(2, "ca", text(3, "a"), "files", text(4, "b")),
                        "pause",
                        map(5, "base", text(6, "soon"), "mx", text(7, "1s")),
                        "nam",
                        text(8, "x"));
        assertThat(problems(Root.SCHEMA, value))
                .containsExactly(
                        "1 'name' is missing: what it is called",
                        "2 give one of 'files' and 'ca'",
                        "6 expected a duration such as 250ms, 1.5s, 10m or 24h, found 'soon'",
                        "7 unknown key 'mx'; did you mean 'max'?",
                        "8 unknown key 'nam'; did you mean 'name'?");
    }

    @Test
    void theReportIsBounded() {
        Object[] entries = new Object[2000];
        for (int i = 0; i < entries.length; i += 2) {
            entries[i] = "unknown-" + i;
            entries[i + 1] = text(i, "x");
        }
        assertThat(problems(Wait.SCHEMA, map(1, entries))).hasSize(20);
    }

    @Test
    void aMappingIsExpected() {
        assertThat(problems(Wait.SCHEMA, text(4, "1s")))
                .containsExactly("4 expected a mapping (How long to wait.)");
    }

    @Test
    void describesAllFieldsEvenWhenARecordInItHasNoSample() {
        assertThatThrownBy(Source.SCHEMA::sample).isInstanceOf(IllegalArgumentException.class);
        assertThat(Root.SCHEMA.fields())
                .extracting(RecordSchema.Field::name)
                .containsExactly("name", "source", "pause", "waits");
        assertThat(Root.SCHEMA.fields())
                .extracting(RecordSchema.Field::fallback)
                .containsExactly(null, null, "{}", "none");
    }

    @Test
    void theJsonSchemaClosesTheRecordAndRefersToNestedOnes() {
        Map<String, Object> json = Root.SCHEMA.definition();
        assertThat(json)
                .containsEntry("type", "object")
                .containsEntry("additionalProperties", false)
                .containsEntry("required", List.of("name", "source"));
        assertThat(Root.SCHEMA.json()).isEqualTo(Map.of("$ref", "#/$defs/Root"));
        assertThat(json.get("properties"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry(
                        "source", Map.of("$ref", "#/$defs/Source", "description", "its source"))
                .containsEntry(
                        "pause",
                        Map.of("$ref", "#/$defs/Wait", "description", "its wait (default: {})"));
    }

    @Test
    void aPlaceIsKeptForTheRootToo() {
        assertThatThrownBy(() -> Wait.SCHEMA.read(new Value.Sequence(TOP, List.of())))
                .isInstanceOfSatisfying(
                        InvalidValue.class, e -> assertThat(e.place()).isEqualTo(TOP));
    }
}
