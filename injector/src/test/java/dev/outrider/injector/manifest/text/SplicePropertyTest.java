package dev.outrider.injector.manifest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SplicePropertyTest {
    private static final Pattern COMMENT = Pattern.compile("(?m)(?:^|\\s)#( c[0-9]+)(?=\\r?$)");

    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("outrider.seeds", 1000));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aChangedDocumentMeansWhatIsWantedAndKeepsEveryComment(int seed) throws Exception {
        RandomYaml yaml = new RandomYaml(new Random(seed));
        Map<String, @Nullable Object> before = kind();
        before.putAll(yaml.object(4));
        String text = yaml.document(before);
        assertThat(meaning(text)).as(text).matches(it -> Values.same(it, before));

        Map<String, @Nullable Object> wanted = kind();
        wanted.putAll(yaml.changedObject(before, 4));
        wanted.putAll(kind());
        String changed = changed(text, wanted);
        assertThat(meaning(changed))
                .as("%s%n--- becomes%n%s", text, changed)
                .matches(it -> Values.same(it, wanted), "" + wanted);
        assertThat(comments(changed))
                .as("%s%n--- becomes%n%s", text, changed)
                .containsExactlyInAnyOrderElementsOf(comments(text));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsTheSameIsNotTouched(int seed) throws Exception {
        RandomYaml yaml = new RandomYaml(new Random(seed));
        Map<String, @Nullable Object> object = yaml.object(4);
        String text = yaml.document(object);
        assertThat(changed(text, object)).isEqualTo(text);
    }

    /** What no change takes away. */
    private static Map<String, @Nullable Object> kind() {
        Map<String, @Nullable Object> kind = new LinkedHashMap<>();
        kind.put("kind", "Pod");
        return kind;
    }

    static String changed(String text, @Nullable Object wanted) throws BadText {
        Manifest manifest = Manifest.of(text);
        Edits edits = new Edits();
        try {
            Splice.lead(manifest, root(manifest), wanted, edits);
            return edits.apply(text);
        } catch (BadText e) {
            throw new AssertionError(text + "\n--- should become " + wanted, e);
        }
    }

    static @Nullable Object meaning(String text) throws BadText {
        return Values.of(root(Manifest.of(text)));
    }

    private static Node root(Manifest manifest) {
        return Objects.requireNonNull(manifest.documents().getFirst().root());
    }

    private static List<String> comments(String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = COMMENT.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
