package dev.outrider.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputTest {
    @TempDir Path directory;

    @Test
    void whenOneCannotBeWrittenTheOthersAreNamed() throws Exception {
        Path first = Files.writeString(directory.resolve("first"), "old");
        Path second = directory.resolve("none").resolve("second");

        assertThatThrownBy(() ->
                        Output.write(
                                List.of(
                                        new Output.Written(first, "new"),
                                        new Output.Written(second, "new"))))
                .isInstanceOf(ManifestException.class)
                .hasMessageContaining(second + ": cannot be written: there is no directory")
                .hasMessageEndingWith("written before it: " + first);
        assertThat(first).hasContent("new");
    }

    @Test
    void textsBecomeDocumentsOfOneStream() {
        assertThat(Output.joined(List.of("a: 1\n"))).isEqualTo("a: 1\n");
        assertThat(Output.joined(List.of("a: 1", "", "b: 2\n", "# c\n---\nd: 3\n")))
                .isEqualTo("a: 1\n---\nb: 2\n# c\n---\nd: 3\n");
        assertThat(Output.joined(List.of("a: 1\n", "%YAML 1.1\n---\nb: 2\n")))
                .isEqualTo("a: 1\n...\n%YAML 1.1\n---\nb: 2\n");
        assertThat(Output.joined(List.of("a: 1\n", "\uFEFFb: 2\n"))).isEqualTo("a: 1\n---\nb: 2\n");
    }

    @Test
    void aDiffIsAsPatchTakesIt() {
        String before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16";
        String after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17";

        assertThat(UnifiedDiff.of("f", before, before)).isEmpty();
        assertThat(UnifiedDiff.of("f", before, after))
                .isEqualTo(
                        """
                        --- f
                        +++ f
                        @@ -2,7 +2,7 @@
                         2
                         3
                         4
                        -5
                        +five
                         6
                         7
                         8
                        @@ -13,4 +13,5 @@
                         13
                         14
                         15
                        -16
                        \\ No newline at end of file
                        +16
                        +17
                        \\ No newline at end of file
                        """);
    }
}
