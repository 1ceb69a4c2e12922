package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/injection.md says what the code does; {@code -Doutrider.update=true} renews its table. */
final class InjectionPageTest {
    private static final Path PAGE = Path.of("..", "docs", "injection.md");
    private static final String BEGIN = "<!-- annotations: generated, -Doutrider.update=true -->\n";
    private static final String END = "<!-- annotations end -->";

    @Test
    void theTableOfAnnotationsIsTheCodes() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        String renewed = page.substring(0, begin) + table() + page.substring(page.indexOf(END));

        if (Boolean.getBoolean("outrider.update")) {
            Files.writeString(PAGE, renewed);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(renewed);
    }

    @Test
    void theSettingsShownAreTheDefaults() throws IOException, SettingsException {
        String page = Files.readString(PAGE);
        String after = page.substring(page.indexOf("<!-- settings: checked by a test -->"));
        String yaml = after.split("```", 3)[1].replaceFirst("yaml\n", "");

        assertThat(InjectionConfig.parse("docs/injection.md", yaml))
                .isEqualTo(InjectionConfig.DEFAULTS);
        for (String key : new String[] {"image", "ports", "resources", "configMaps", "user"}) {
            assertThat(yaml).contains(key + ":");
        }
    }

    private static String table() {
        StringBuilder table =
                new StringBuilder(
                        "| `outrider.dev/…` | for example | what | also read from |\n|---|---|---|---|\n");
        for (PodAnnotation annotation : PodAnnotation.values()) {
            table.append("| `")
                    .append(annotation.annotation().substring(PodAnnotation.PREFIX.length()))
                    .append("` | ")
                    .append(annotation.examples())
                    .append(" | ")
                    .append(annotation.help())
                    .append(" | ")
                    .append(
                            annotation.aliases().stream()
                                    .map(alias -> "`" + alias.name() + "`")
                                    .collect(Collectors.joining(", ")))
                    .append(" |\n");
        }
        return table.toString();
    }
}
