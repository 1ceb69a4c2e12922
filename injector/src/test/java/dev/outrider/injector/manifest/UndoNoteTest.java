package dev.outrider.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UndoNoteTest {
    private static final String POD =
            """
            # above
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations: {} # none
            spec:
              containers:
              - name: web
                image: web:1
                livenessProbe:
                  grpc: {port: 9090} # grpc
            """;

    private final PodInjector injector = new PodInjector(InjectionConfig.DEFAULTS);
    private final Rewriter rewriter = rewriter();

    static IntStream seeds() {
        return IntStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void leadsFromAnyTextToAnyOther(int seed) {
        Random random = new Random(seed);
        String one = lines(random);
        String other = lines(random);

        String line = UndoNote.between(one, other).line("  ");

        assertThat(line).startsWith("  # outrider-undo: ").doesNotContain("\n", "\r");
        UndoNote note = UndoNote.parse(line).orElseThrow();
        assertThat(note.undo(one)).contains(other);
        assertThat(note.undo(one + "x")).isEmpty();
    }

    @Test
    void onlyDifferencesAreKept() {
        String text = "line\n".repeat(5_000);

        UndoNote note = UndoNote.between(text + "a\n" + text, text + "b\n" + text);

        assertThat(note.lines()).containsExactly(new UndoNote.Lines(5_000, 1, List.of("b\n")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# outrider-undo: ",
                "# outrider-undo: {}x",
                "# outrider-undo: {\"of\":\"x\",\"lines\":[[1]]}",
                "# outrider-undo: {\"of\":\"x\",\"lines\":[[\"1\",2,[]]]}",
                "# outrider-undone: {}"
            })
    void whatIsNoNoteIsAComment(String line) {
        assertThat(UndoNote.parse(line)).isEmpty();
    }

    @Test
    void whatSomebodyWroteSinceIsKept() throws Exception {
        String injected = inject(POD);
        assertThat(injected).contains("\n# outrider-undo: ");

        Rewrite.Outcome outcome =
                rewriter.uninject("file", Manifest.of(injected.replace("web:1", "web:2")));

        assertThat(outcome.manifest().text().chars())
                .contains("image: web:2", "grpc:\n", "# grpc\n", "# none\n")
                .doesNotContain("outrider");
        assertThat(outcome.findings())
                .anyMatch(it -> it.words().contains("changed after it was injected"));
    }

    @Test
    void aNoteStandsBehindAByteOrderMark() throws Exception {
        String text = "\uFEFF" + POD.substring(POD.indexOf("apiVersion"));

        String injected = inject(text);

        assertThat(injected).startsWith("\uFEFF# outrider-undo: ");
        assertThat(rewriter.uninject("file", Manifest.of(injected)).manifest().text().chars())
                .isEqualTo(text);
    }

    @Test
    void aNoteThatWasMadeToLieIsNotHeeded() throws Exception {
        String injected = inject(POD);
        String forged = injected.replace("grpc: {port: 9090}", "grpc: {port: 9999}");
        assertThat(forged).isNotEqualTo(injected);

        Rewrite.Outcome outcome = rewriter.uninject("file", Manifest.of(forged));

        assertThat(outcome.manifest().text().chars()).contains("port: 9090").doesNotContain("9999");
        assertThat(outcome.findings()).anyMatch(it -> it.words().contains("was edited"));
    }

    @Test
    void anotherInjectionOverTheFirstStillLeadsBack() throws Exception {
        String first = inject(POD);
        PodInjector newer =
                new PodInjector(InjectionSettings.read(Optional.empty(), List.of("image=newer:2")));
        Rewriter second = new Rewriter(files(newer), new FileRemoval(newer));

        String again = second.inject("file", Manifest.of(first)).manifest().text().chars();

        assertThat(again).contains("newer:2").doesNotContain("outrider/outrider:");
        assertThat(again.split("# outrider-undo", -1)).hasSize(2);
        assertThat(second.uninject("file", Manifest.of(again)).manifest().text().chars())
                .isEqualTo(POD);
    }

    private String inject(String text) throws Exception {
        return rewriter.inject("file", Manifest.of(text)).manifest().text().chars();
    }

    private Rewriter rewriter() {
        try {
            return new Rewriter(files(injector), new FileRemoval(injector));
        } catch (ManifestException e) {
            throw new AssertionError(e);
        }
    }

    private static FileInjection files(PodInjector injector) throws ManifestException {
        return new FileInjection(
                injector, ServerVersion.parse("1.34"), "shop", FileInjection.Who.NAMED, List.of());
    }

    private static String lines(Random random) {
        List<String> lines = new ArrayList<>();
        for (int line = random.nextInt(30); line > 0; line--) {
            lines.add(List.of("a\n", "b\n", "c \r\n", "é\u2028😀\n", "\n").get(random.nextInt(5)));
        }
        return String.join("", lines) + (random.nextBoolean() ? "end" : "");
    }
}
