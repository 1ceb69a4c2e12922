package dev.outrider.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files a user would start from must not rot. */
final class ConfigsTest {
    @ParameterizedTest
    @MethodSource("files")
    void isAccepted(Path file) {
        StringWriter said = new StringWriter();

        int code =
                Main.commandLine()
                        .setOut(new PrintWriter(said))
                        .setErr(new PrintWriter(said))
                        .execute("check", "--config", file.toString());

        assertThat(code).as(said.toString()).isZero();
    }

    static List<Path> files() throws IOException {
        try (var files = Files.list(Path.of("configs"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }
}
