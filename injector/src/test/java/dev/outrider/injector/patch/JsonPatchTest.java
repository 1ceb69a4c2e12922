package dev.outrider.injector.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class JsonPatchTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"a":1}              | {"a":1}                    | []
                    {"a":1}              | {}                         | [{"op":"remove","path":"/a"}]
                    {}                   | {"a":null}                 | [{"op":"add","path":"/a","value":null}]
                    {"a":1}              | {"a":[1]}                  | [{"op":"replace","path":"/a","value":[1]}]
                    {"a":{"b":1}}        | {"a":{"b":2,"c":3}}        | [{"op":"replace","path":"/a/b","value":2},{"op":"add","path":"/a/c","value":3}]
                    {"x/y":{"~":1}}      | {"x/y":{"~":2}}            | [{"op":"replace","path":"/x~1y/~0","value":2}]
                    {"a":[1,2]}          | {"a":[0,1,2]}              | [{"op":"add","path":"/a/0","value":0}]
                    {"a":[1,2,3]}        | {"a":[1,3]}                | [{"op":"remove","path":"/a/1"}]
                    {"a":[{"name":"p","v":1},{"name":"q"}]} | {"a":[{"name":"p","v":2},{"name":"q"}]} | [{"op":"replace","path":"/a/0/v","value":2}]
                    """)
    void saysWhatChanged(String before, String after, String patch) {
        List<PatchOperation> steps = JsonPatch.between(Json.object(before), Json.object(after));

        assertThat(Json.write(steps.stream().map(PatchOperation::json).toList())).isEqualTo(patch);
    }

    @Test
    void aNumberIsTheSameWhateverItsType() {
        Map<String, @Nullable Object> integers = Json.object("{\"a\":8080,\"b\":[1,{\"c\":2}]}");
        Map<String, @Nullable Object> longs = new LinkedHashMap<>(integers);
        longs.put("a", 8080L);

        assertThat(JsonPatch.between(integers, longs)).isEmpty();
    }

    static IntStream seeds() {
        return IntStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void leadsFromOneDocumentToTheOther(int seed) {
        Random random = new Random(seed);
        Map<String, @Nullable Object> before = object(random, 3);
        Map<String, @Nullable Object> after = object(random, 3);
        Object untouched = JsonPatch.copy(before);

        assertThat(JsonPatch.apply(before, JsonPatch.between(before, after))).isEqualTo(after);
        assertThat((Object) before).isEqualTo(untouched);
    }

    @ParameterizedTest
    @CsvSource({"/a/b/c", "/a/2", "/a/01", "/a/-", "/a/x", "/z/y", "/a/99999999999"})
    void aStepToNowhereIsRefused(String path) {
        Map<String, @Nullable Object> document = Json.object("{\"a\":[1,2]}");

        assertThatThrownBy(() ->
                        JsonPatch.apply(
                                document,
                                List.of(new PatchOperation.Remove(JsonPointer.parse(path)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(path);
    }

    @Test
    void pointersAreReadAsTheyAreWritten() {
        for (String text : List.of("", "/", "/a", "/a~1b/~0~01/0", "//")) {
            assertThat(JsonPointer.parse(text)).hasToString(text);
        }
        assertThat(JsonPointer.parse("/~01").tokens()).containsExactly("~1");
        assertThatThrownBy(() -> JsonPointer.parse("a"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Map<String, @Nullable Object> object(Random random, int depth) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int index = random.nextInt(4); index >= 0; index--) {
            object.put("k/~" + random.nextInt(4), value(random, depth));
        }
        if (random.nextBoolean()) {
            object.put("name", "n" + random.nextInt(3));
        }
        return object;
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (depth == 0 ? 3 + random.nextInt(3) : random.nextInt(6)) {
            case 0 -> object(random, depth - 1);
            case 1, 2 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int index = random.nextInt(5); index > 0; index--) {
                    list.add(value(random, depth - 1));
                }
                yield list;
            }
            case 3 -> random.nextInt(3);
            case 4 -> null;
            default -> "t" + random.nextInt(3);
        };
    }
}
