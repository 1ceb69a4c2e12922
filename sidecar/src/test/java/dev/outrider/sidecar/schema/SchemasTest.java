package dev.outrider.sidecar.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemasTest {
    private enum Mode {
        STRICT,
        PERMISSIVE,
        OFF_FOR_NOW
    }

    private static final Value.Place HERE = new Value.Place("a.b", 3, 5);

    private static Value text(String text) {
        return new Value.Scalar(HERE, text);
    }

    private static String refusal(Schema<?> schema, String text) {
        try {
            return "accepted " + schema.read(text(text));
        } catch (InvalidValue e) {
            assertThat(e.place()).isEqualTo(HERE);
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void textIsTakenAsItStands() {
        assertThat(Schemas.text().read(text(" 5 "))).isEqualTo(" 5 ");
    }

    @Test
    void booleansAreTwoWordsOnly() {
        assertThat(Schemas.bool().read(text("true"))).isTrue();
        assertThat(Schemas.bool().read(text("false"))).isFalse();
        assertThat(refusal(Schemas.bool(), "yes")).isEqualTo("expected true or false, found 'yes'");
    }

    @Test
    void wholeNumbersKeepTheirBounds() {
        Schema<Integer> schema = Schemas.integer(-1, 10);
        assertThat(schema.read(text("-1"))).isEqualTo(-1);
        assertThat(schema.read(text("10"))).isEqualTo(10);
        for (String bad : List.of("11", "-2", "many", "", "1.5", "+5", "٣", "99999999999")) {
            assertThat(refusal(schema, bad))
                    .isEqualTo("expected a whole number from -1 to 10, found '" + bad + "'");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "250ms, 250000000",
        "1.5s, 1500000000",
        "10m, 600000000000",
        "24h, 86400000000000",
        "2d, 172800000000000",
        "7us, 7000",
        "0s, 0",
        "0.001us, 1"
    })
    void durationsAreReadAndWrittenBack(String written, long nanos) {
        Duration read = Schemas.duration().read(text(written));
        assertThat(read).isEqualTo(Duration.ofNanos(nanos));
        String shown = Schemas.duration().show(read);
        assertThat(Schemas.duration().read(text(shown))).as(shown).isEqualTo(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "s", "-1s", "1 s", "1e3s", "1.s", "999999999999d", "0.0000001us"})
    void wrongDurationsAreRefusedWithAnExample(String written) {
        assertThat(refusal(Schemas.duration(), written))
                .startsWith("expected a duration ")
                .endsWith(", found '" + written + "'");
    }

    @ParameterizedTest
    @CsvSource({"512, 512, 512B", "0, 0, 0B", "64KiB, 65536, 64KiB", "1024B, 1024, 1KiB"})
    void sizesAreReadAndWrittenBack(String written, long bytes, String shown) {
        assertThat(Schemas.size().read(text(written))).isEqualTo(bytes);
        assertThat(Schemas.size().show(bytes)).isEqualTo(shown);
        assertThat(Schemas.size().read(text(shown))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"64KB", "-1", "1.5MiB", "999999999999999GiB", ""})
    void wrongSizesAreRefused(String written) {
        assertThat(refusal(Schemas.size(), written)).startsWith("expected a size ");
    }

    @ParameterizedTest
    @CsvSource({"0%, 0", "50%, 0.5", "99.95%, 0.9995", "100%, 1", "0.001%, 0.00001"})
    void percentagesAreReadAndWrittenBack(String written, double share) {
        assertThat(Schemas.percent().read(text(written))).isEqualTo(share);
        assertThat(Schemas.percent().show(share)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.5", "101%", "100.5%", "-1%", "%", "50 %"})
    void wrongPercentagesAreRefused(String written) {
        assertThat(refusal(Schemas.percent(), written)).startsWith("expected a percentage ");
    }

    @Test
    void enumsAreWordsWithDashes() {
        Schema<Mode> schema = Schemas.oneOf(Mode.class);
        assertThat(schema.read(text("off-for-now"))).isEqualTo(Mode.OFF_FOR_NOW);
        assertThat(schema.show(Mode.STRICT)).isEqualTo("strict");
        assertThat(refusal(schema, "STRICT"))
                .isEqualTo("expected one of strict, permissive, off-for-now, found 'STRICT'");
    }

    @Test
    void aListTakesALoneValueAsOneItem() {
        Schema<List<Integer>> schema = Schemas.list(Schemas.integer(0, 9));
        Value two = new Value.Sequence(HERE, List.of(text("1"), text("2")));
        assertThat(schema.read(two)).containsExactly(1, 2);
        assertThat(schema.read(text("3"))).containsExactly(3);
        assertThat(schema.show(List.of(1, 2))).isEqualTo("1, 2");
        assertThat(schema.show(List.of())).isEqualTo("none");
    }

    @Test
    void aListTellsAllItsWrongItems() {
        Schema<List<Integer>> schema = Schemas.list(Schemas.integer(0, 9));
        Value items = new Value.Sequence(HERE, List.of(text("a"), text("2"), text("c")));
        assertThatThrownBy(() -> schema.read(items))
                .isInstanceOfSatisfying(
                        InvalidValue.class,
                        e ->
                                assertThat(e.problems())
                                        .extracting(InvalidValue.Problem::sentence)
                                        .satisfiesExactly(
                                                a -> assertThat(a).contains("'a'"),
                                                c -> assertThat(c).contains("'c'")));
    }

    @Test
    void aMapKeepsTheOrderOfTheFile() {
        Map<String, Value> entries = new java.util.LinkedHashMap<>();
        List.of("z", "a", "m").forEach(key -> entries.put(key, text("1s")));
        Schema<Map<String, Duration>> schema = Schemas.map(Schemas.duration());
        Map<String, Duration> read = schema.read(new Value.Mapping(HERE, entries));
        assertThat(read.keySet()).containsExactly("z", "a", "m");
        assertThat(schema.show(read)).isEqualTo("z: 1s, a: 1s, m: 1s");
        assertThat(refusal(schema, "x")).isEqualTo("expected a mapping of names to duration");
    }

    @Test
    void aScalarRefusesACollection() {
        Value list = new Value.Sequence(HERE, List.of());
        assertThatThrownBy(() -> Schemas.duration().read(list))
                .isInstanceOf(InvalidValue.class)
                .hasMessage("expected duration, not a mapping or a list");
    }

    @Test
    void aSubstitutedValueIsShownAsTheFileSpellsIt() {
        Value secret = new Value.Scalar(HERE, "hunter2", "${file:/s}");
        Schema<String> echoing =
                Schemas.scalar(
                        "word",
                        Map.of("type", "string"),
                        "a",
                        text -> {
                            throw new IllegalArgumentException("bad word " + text);
                        });
        for (Schema<?> schema : List.of(Schemas.bool(), Schemas.duration(), echoing)) {
            assertThatThrownBy(() -> schema.read(secret))
                    .isInstanceOf(InvalidValue.class)
                    .hasMessageEndingWith("found '${file:/s}'")
                    .message()
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void longValuesAreCutInTheReport() {
        assertThat(refusal(Schemas.bool(), "x".repeat(5000))).hasSizeLessThan(130);
    }
}
