package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReferenceTest {
    private static final String MARKDOWN =
            ConfigReference.markdown(Sample.SCHEMA, "# Sample\n\nHi.");

    @Test
    void writesOneTableForEachRecordInReadingOrder() {
        assertThat(MARKDOWN)
                .startsWith("# Sample\n\nHi.\n\nThe file as a whole is a [Sample](#sample).\n");
        assertThat(MARKDOWN.lines().filter(line -> line.startsWith("## ")))
                .containsExactly("## Sample", "## Retry", "## Service");
    }

    @Test
    void writesKeyTypeDefaultAndMeaning() {
        assertThat(MARKDOWN)
                .contains("| `name` | text | **required** | what it is called |")
                .contains("| `body` | size | `64KiB` | longest body |")
                .contains("| `share` | percentage | `50%` | which share |")
                .contains("| `mode` | one of strict, permissive | `strict` | how strict |")
                .contains("| `token` | text | none | a secret |")
                .contains("| `hosts` | list of text | none | its names |")
                .contains("| tries after the first \\| at most |");
    }

    @Test
    void linksNestedRecordsAlsoThroughListsAndMaps() {
        assertThat(MARKDOWN)
                .contains("| `retry` | [Retry](#retry) | its own defaults | all retries |")
                .contains("| `services` | map of name to [Service](#service) | none |");
    }

    @Test
    void twoRecordsOfOneNameAreRefused() {
        RecordSchema<String> one =
                Schema.record("Same", "One.", f -> f.required("a", Schemas.text(), "a"));
        RecordSchema<String> other =
                Schema.record("Same", "Other.", f -> f.required("b", one, "b"));
        assertThatThrownBy(() -> ConfigReference.markdown(other, "# x"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Same");
    }

    @Test
    void anOutdatedFileFailsWithTheMend(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("docs/configuration.md");
        assertThatThrownBy(() -> Committed.check(file, MARKDOWN, "SampleTest", false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Dtest=SampleTest")
                .hasMessageContaining("-Doutrider.update=true");
        Committed.check(file, MARKDOWN, "SampleTest", true);
        assertThat(Files.readString(file)).isEqualTo(MARKDOWN);
        Committed.check(file, MARKDOWN, "SampleTest", false);
    }
}
