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

    /** Two parts that must be the same, seen from above and from the record itself. */
    private record Pair(String left, List<String> right) {
        static final RecordSchema<Pair> SCHEMA =
                Schema.record(
                        "Pair",
                        "Two of a kind.",
                        f ->
                                new Pair(
                                        f.optional("left", Schemas.text(), "a", "one"),
                                        f.optional(
                                                "right",
                                                Schemas.list(Schemas.text()),
                                                List.of("a"),
                                                "others")));

        Pair {
            PartChecks checks = new PartChecks();
            for (int i = 0; i < right.size(); i++) {
                String other = right.get(i);
                if (!other.equals(left)) {
                    checks.add(PartPath.of("right").item(i), "'" + other + "' is not left");
                }
            }
            checks.refuse();
        }

        void forbid(String text) {
            if (left.equals(text)) {
                throw new InvalidParts(PartPath.of("left"), "'" + text + "' is forbidden");
            }
            if (right.size() > 1) {
                throw new IllegalArgumentException("one other is enough");
            }
        }
    }

    private record Pairs(String forbidden, Map<String, Pair> byName) {
        static final RecordSchema<Pairs> SCHEMA =
                Schema.record(
                        "Pairs",
                        "Some.",
                        f ->
                                new Pairs(
                                        f.optional("forbidden", Schemas.text(), "-", "not left"),
                                        f.optional(
                                                "byName",
                                                Schemas.map(Pair.SCHEMA),
                                                Map.of(),
                                                "pairs")));

        Pairs {
            PartChecks checks = new PartChecks();
            byName.forEach((name, pair) ->
                    checks.check(PartPath.of("byName", name), () -> pair.forbid(forbidden)));
            checks.refuse();
        }
    }

    @Test
    void partsThatARecordRefusesAreReportedAtTheirPlacesAllAtOnce() {
        Value list =
                new Value.Sequence(
                        new Value.Place("", 3, 1),
                        List.of(text(4, "b"), text(5, "a"), text(6, "c")));
        assertThat(problems(Pair.SCHEMA, map(1, "left", text(2, "a"), "right", list)))
                .containsExactly("4 'b' is not left", "6 'c' is not left");
    }

    @Test
    void aLoneValueIsTheFirstOfItsList() {
        assertThat(problems(Pair.SCHEMA, map(1, "right", text(2, "b"))))
                .containsExactly("2 'b' is not left");
    }

    @Test
    void aPartThatTheFileLeavesOutIsReportedAtWhatItIsAPartOf() {
        Value pairs = map(3, "x.y", map(4), "z", map(5, "left", text(6, "a")));
        assertThat(problems(Pairs.SCHEMA, map(1, "forbidden", text(2, "a"), "byName", pairs)))
                .containsExactly("4 'a' is forbidden", "6 'a' is forbidden");
        // Not a key of the same name that stands higher up.
        Value here = map(1, "forbidden", text(2, "-"), "left", text(3, "-"));
        assertThat(PartPath.of("byName", "left").in(here).place().line()).isEqualTo(1);
    }

    @Test
    void aCheckThatNamesNoPartIsReportedAtWhatItIsOf() {
        Value two =
                new Value.Sequence(new Value.Place("", 4, 1), List.of(text(5, "a"), text(6, "a")));
        assertThat(problems(Pairs.SCHEMA, map(1, "byName", map(2, "x", map(3, "right", two)))))
                .containsExactly("3 one other is enough");
    }

    @Test
    void ofVeryManyPartsTheFirstAreReported() {
        List<Value> many = java.util.Collections.nCopies(1000, text(2, "b"));
        Value list = new Value.Sequence(new Value.Place("", 2, 1), many);
        assertThat(problems(Pair.SCHEMA, map(1, "right", list))).hasSize(20);
    }

    /** What is wrong in itself comes first: what it does not fit may be its default. */
    @Test
    void partsAreNotReportedBesideFieldsThatCouldNotBeRead() {
        Value pair = map(1, "left", map(2), "right", text(3, "b"));
        assertThat(problems(Pair.SCHEMA, pair))
                .containsExactly("2 expected text, not a mapping or a list");
    }
}
