package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandTest {
    @TempDir private Path folder = Path.of("");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Commands.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("f.yaml"), yaml).toString();
    }

    @Test
    void helpTeaches() {
        assertThat(run("sidecar", "--help")).isZero();

        assertThat(out.toString())
                .contains("outrider sidecar --config sidecar.yaml")
                .contains("docs/configuration.md")
                .contains("Host")
                .contains("SIGTERM");
    }

    @Test
    void withoutACommandTheCommandsAreListed() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("which command?").contains("sidecar").contains("check");
    }

    @Test
    void aMissingOptionIsNamed() {
        assertThat(run("sidecar")).isEqualTo(2);
        assertThat(err.toString()).contains("--config");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThat(run("check", "--config", "/no/such.yaml")).isEqualTo(2);
        assertThat(err.toString()).startsWith("/no/such.yaml").doesNotContain("Exception");
    }

    @Test
    void aFileThatIsNoYamlIsShownTheLine() throws IOException {
        assertThat(run("sidecar", "--check", "--config", file("name: [web\n"))).isEqualTo(2);
        assertThat(err.toString()).contains("f.yaml:2");
    }

    @Test
    void aValidFileIsValidForBothCommands() throws IOException {
        String good = file("name: web\noutbound: {listen: \"127.0.0.1:0\"}\n");
        assertThat(run("check", "-c", good)).isZero();
        assertThat(run("sidecar", "-c", good, "--check")).isZero();
        assertThat(out.toString().lines()).containsExactly("valid: web", "valid: web");
        assertThat(err.toString()).isEmpty();
    }

    private String file(String name, String yaml) throws IOException {
        return Files.writeString(folder.resolve(name), yaml).toString();
    }

    @Test
    void layersAreTakenInTheOrderOfTheCommandLine() throws IOException {
        String low = file("low.yaml", "name: low\noutbound: {listen: \"127.0.0.1:0\"}\n");
        String high = file("high.yaml", "name: high\n");
        String none = folder.resolve("none.yaml").toString();
        assertThat(run("check", "-c", low, "--config-if-present", high)).isZero();
        assertThat(run("check", "--config-if-present=" + high, "--config=" + low)).isZero();
        assertThat(run("check", "--config", low, "--config-if-present", none)).isZero();
        assertThat(run("check", "--set", "name=set", "-c", low, "--config", high)).isZero();
        assertThat(run("sidecar", "--check", "-c", low, "--set=name=set too")).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "valid: high", "valid: low", "valid: low", "valid: set", "valid: set too");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void oneLayerMustNotBeMissing() throws IOException {
        String file = file("name: web\n");
        assertThat(run("check", "--config-if-present", file)).isEqualTo(2);
        assertThat(err.toString()).contains("--config");
    }

    @Test
    void aWrongSettingIsSaid() throws IOException {
        String good = file("name: web\noutbound: {listen: \"127.0.0.1:0\"}\n");
        assertThat(run("check", "-c", good, "--set", "runtime.drain")).isEqualTo(2);
        assertThat(err.toString()).contains("expected path=value such as runtime.drain=25s");
        assertThat(run("check", "-c", good, "--set", "runtime.drain=1s")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--set runtime.drain runtime: drain must be at least as long as spread");
        assertThat(run("check", "-c", good, "--set", "runtime.dran=1s")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean 'drain'?");
    }
}
