package dev.outrider.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class InjectCommandTest {
    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web # its name
            spec:
              containers:
              - {name: web, image: "web:1"}
            """;

    @TempDir Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();
    private String input = "";

    @Test
    void standardInputBecomesStandardOutput() {
        input = POD + "# é\n";

        assertThat(inject("-f", "-")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith(POD.substring(0, POD.indexOf("spec:")))
                .contains("- name: outrider-init", "image: ghcr.io/outrider/outrider:")
                .endsWith("# é\n");
        assertThat(err.toString())
                .contains("standard input:1: Pod web: injected\n", "outrider: 1 injected\n");
    }

    @Test
    void severalFilesAreDocumentsOfOneStream() throws Exception {
        Files.writeString(directory.resolve("b.yaml"), POD.replace("web", "b").stripTrailing());
        Files.writeString(directory.resolve("a.yml"), "# first\n---\n" + POD.replace("web", "a"));
        Files.writeString(
                directory.resolve("c.json"), "{\"kind\":\"Service\",\"apiVersion\":\"v1\"}");
        Files.writeString(directory.resolve("notes.txt"), "no manifest");
        Files.writeString(Files.createDirectory(directory.resolve("deep")).resolve("d.yaml"), POD);

        assertThat(inject("-f", directory.toString())).isZero();

        String all = out.toString(StandardCharsets.UTF_8);
        assertThat(all).startsWith("# first\n---\n").doesNotContain("no manifest");
        assertThat(all.split("(?m)^---$", -1)).hasSize(4);
        assertThat(all).endsWith("\n---\n{\"kind\":\"Service\",\"apiVersion\":\"v1\"}");
        assertThat(err.toString()).contains("2 injected; without pods: 1 Service");

        assertThat(inject("-R", "-f", directory.toString())).isZero();
        assertThat(err.toString()).contains("3 injected; without pods: 1 Service");
    }

    @Test
    void filesAreChangedInTheirPlaceAndKeepTheirPermissions() throws Exception {
        Path file = file("pod.yaml", POD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(directory.resolve("link.yaml"), file);
        Path other = file("other.yaml", "kind: Service\napiVersion: v1\n");
        Object untouched = Files.getAttribute(other, "unix:ino");

        assertThat(inject("-i", "-f", link.toString(), "-f", other.toString())).isZero();

        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readString(file)).contains("outrider-init");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(Files.getAttribute(other, "unix:ino")).isEqualTo(untouched);
        assertThat(err.toString()).contains("files changed: 1");
        assertThat(out.size()).isZero();

        assertThat(uninject("-i", "-f", file.toString())).isZero();
        assertThat(file).hasContent(POD);
        assertThat(files()).containsExactlyInAnyOrder("pod.yaml", "link.yaml", "other.yaml");
    }

    @Test
    void oneBadFileKeepsAllFromBeingWritten() throws Exception {
        Path good = file("good.yaml", POD);
        Path bad = file("bad.yaml", POD + "   oops: 1\n");

        assertThat(inject("-i", "-f", good.toString(), "-f", bad.toString())).isEqualTo(1);

        assertThat(good).hasContent(POD);
        assertThat(err.toString()).contains(bad + ":8:4: not valid YAML: ");
    }

    @Test
    void aPodThatMustNotBeMadeKeepsAllFromBeingWritten() throws Exception {
        Path good = file("good.yaml", POD);
        Path bad =
                file(
                        "bad.yaml",
                        POD.replace(
                                "  name: web",
                                "  annotations: {outrider.dev/inject: perhaps}\n  name: web"));

        assertThat(inject("-i", "-f", good.toString(), "-f", bad.toString())).isEqualTo(1);

        assertThat(good).hasContent(POD);
        assertThat(err.toString())
                .contains(bad + ":1: Pod web: refused: ", "'perhaps'", "nothing was written");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a: 1\n\tb: 2\n'            | :2:1: a tab stands where YAML wants spaces",
                "'a: [1\n'                   | :2:1: not valid YAML",
                "'kind: Pod\nkind: Pod\n'    | :2:1: 'kind' already stands in line 1; keep one",
                "'a: *nothing\n'             | :1:4: *nothing stands for nothing",
                "'? {a: b}\n: c\n'           | :1:3: this is no key",
                "'kind: {{ .Values.kind }}'  | render it first: helm template",
                "'{\"kind\": \"Pod\"'        | not valid JSON",
                "'{\"a\": 1, \"a\": 2}'      | 'a'",
                "'a: \u0000b'                | this is binary data",
                "'a: \u0001b\n'              | :1:4: the character U+0001 is not allowed",
            })
    void whatIsNoManifestIsSaidWithItsPlace(String text, String message) throws Exception {
        Path file = file("bad.yaml", text);

        assertThat(inject("-f", file.toString())).isEqualTo(1);

        assertThat(err.toString()).startsWith("outrider: " + file).contains(message);
        assertThat(out.size()).isZero();
    }

    @Test
    void otherEncodingsAreSaid() throws Exception {
        Path latin = directory.resolve("latin.yaml");
        Files.write(latin, "a: é".getBytes(StandardCharsets.ISO_8859_1));
        Path wide = directory.resolve("wide.yaml");
        Files.write(wide, "\uFEFFa: b".getBytes(StandardCharsets.UTF_16LE));

        assertThat(inject("-f", latin.toString(), "-f", wide.toString())).isEqualTo(1);

        assertThat(err.toString())
                .contains(latin + ": byte 3 is not UTF-8", wide + ": this is UTF-16");
    }

    @Test
    void deepNestingAndAliasesThatGrowAreBounded() throws Exception {
        Path deep = file("deep.yaml", "a: " + "[".repeat(100_000));
        StringBuilder laughs =
                new StringBuilder("kind: Pod\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level < 12; level++) {
            String before = "*a" + (level - 1);
            laughs.append("a%d: &a%d [%s]\n".formatted(level, level, (before + ", ").repeat(9)));
        }
        Path wide = file("wide.yaml", laughs.toString());

        assertThat(inject("-f", deep.toString())).isEqualTo(1);
        assertThat(inject("-f", wide.toString())).isEqualTo(1);

        assertThat(err.toString())
                .contains("nested deeper than 200 levels", "its aliases stand for too much");
    }

    @Test
    void aMissingFileAndAnEmptyDirectoryAreSaid() {
        String missing = directory.resolve("missing.yaml").toString();

        int code = inject("-f", missing, "-f", directory.toString(), "-f", "https://x/y.yaml");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .contains("https://x/y.yaml: fetch it first: curl")
                .contains(missing + ": there is no such file")
                .contains(directory + ": no file in this directory ends in .yaml");
    }

    @Test
    void whatCannotBeWrittenLeavesTheOldFile() throws Exception {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may write everywhere");
        Path file = file("pod.yaml", POD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));

        assertThat(inject("-i", "-f", file.toString())).isEqualTo(1);

        assertThat(file).hasContent(POD);
        assertThat(err.toString()).contains("this user may not write there; nothing was written");
    }

    @Test
    void anOutputThatCannotBeIsSaid() throws Exception {
        Path file = file("pod.yaml", POD);
        String nowhere = directory.resolve("no/where.yaml").toString();

        assertThat(inject("-f", file.toString(), "-o", nowhere)).isEqualTo(1);
        assertThat(inject("-f", file.toString(), "-o", directory.toString())).isEqualTo(1);

        assertThat(err.toString())
                .contains(nowhere + ": cannot be written: there is no directory")
                .contains(directory + ": cannot be written: it is a directory");
        assertThat(files()).containsExactly("pod.yaml");
    }

    @Test
    void aFullDiskBehindStandardOutputIsAFailure() throws Exception {
        Path file = file("pod.yaml", POD);
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("no space left");
                    }
                };

        int code = line(new InjectCommand(stdin(), new PrintStream(full)), "-f", file.toString());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("standard output cannot be written to");
    }

    @Test
    void aDiffWritesNothingAndCanBeApplied() throws Exception {
        Path file = file("pod.yaml", POD);

        assertThat(inject("--diff", "-f", file.toString(), "-o", "unused")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("--- %s\n+++ %s\n@@ -2,6 +2,".formatted(file, file))
                .contains("\n   name: web # its name\n+  annotations:\n");
        assertThat(file).hasContent(POD);
        assertThat(err.toString()).contains("a dry run, nothing was written");
    }

    @Test
    void thePodOrItsNamespaceMaySayNo() {
        String no =
                POD.replace(
                        "  name: web", "  labels: {outrider.dev/inject: \"false\"}\n  name: web");
        input =
                no
                        + "---\n"
                        + POD
                        + "---\n"
                        + POD.replace("name: web #", "namespace: quiet\n  name: x #")
                        + "---\n{apiVersion: v1, kind: Namespace, metadata: {name: quiet, labels:"
                        + " {outrider.dev/inject: disabled}}}\n";

        assertThat(inject("-f", "-")).isZero();
        assertThat(err.toString()).contains("1 injected, 2 skipped; without pods: 1 Namespace");

        assertThat(inject("-f", "-", "--opted-in")).isZero();
        assertThat(err.toString()).contains("0 injected, 3 skipped");

        assertThat(inject("-f", "-", "--all")).isZero();
        assertThat(err.toString()).contains("3 injected; without pods: 1 Namespace");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "labels: {outrider.dev/inject: \"false\", \"outrider.dev/mesh\": \"enabled\"}");
    }

    @Test
    void settingsLieOverTheFile() throws Exception {
        Path config = file("injection.yaml", "image: mine:1\nnativeSidecar: on\n");
        input = POD;

        assertThat(inject("-f", "-", "--config", config.toString())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("mine:1", "restartPolicy: Always");

        out.reset();
        assertThat(
                        inject(
                                "-f",
                                "-",
                                "--config",
                                config.toString(),
                                "--set",
                                "ports.pod=15999",
                                "--image",
                                "other:2",
                                "--native-sidecar",
                                "off"))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("other:2", "15999")
                .doesNotContain("mine:1", "restartPolicy: Always");

        out.reset();
        assertThat(inject("-f", "-", "--kubernetes-version", "1.27")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("restartPolicy: Always");
    }

    @Test
    void pullSecretsAreAddedAndHookKeysAreTheSameEachTimeWithASecret() throws Exception {
        Path secret = file("secret", "what nobody else knows\n");
        input =
                """
                kind: Pod
                apiVersion: v1
                metadata: {name: web}
                spec:
                  containers:
                    - name: web
                      image: web:1
                      lifecycle:
                        preStop:
                          httpGet: {path: /leave, port: 8080}
                """;
        String[] options = {
            "-f",
            "-",
            "--image-pull-secret",
            "one",
            "--image-pull-secret=two",
            "--hook-secret-file",
            secret.toString()
        };
        assertThat(inject(options)).isZero();
        String first = out.toString(StandardCharsets.UTF_8);
        assertThat(first)
                .containsPattern("imagePullSecrets:\\s+- name: one\\s+- name: two")
                .containsPattern("/probe/web/prestop\\?key=[0-9a-f]{32}")
                .doesNotContain("nobody else");

        out.reset();
        assertThat(inject(options)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(first);
        out.reset();
        assertThat(inject("-f", "-")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .doesNotContain(first.replaceAll("(?s).*key=([0-9a-f]{32}).*", "$1"));
    }

    @Test
    void wrongUsageIsToldFromWrongInput() throws Exception {
        Path config = file("injection.yaml", "ports:\n  pod: many\n");
        Map<String, String[]> wrong =
                Map.of(
                        "Missing required option",
                        new String[] {},
                        "exclude each other",
                        new String[] {"-f", "x", "-i", "-o", "y"},
                        "no place to write to",
                        new String[] {"-f", "-", "-i"},
                        "can be read once",
                        new String[] {"-f", "-", "-f", "-"},
                        "is no version of Kubernetes",
                        new String[] {"-f", "-", "--kubernetes-version", "new"},
                        "write path=value",
                        new String[] {"-f", "-", "--set", "image"},
                        "there is no such key",
                        new String[] {"-f", "-", "--set", "imgae=x"},
                        "injection.yaml:2: ports.pod",
                        new String[] {"-f", "-", "--config", config.toString()},
                        "no.yaml: cannot be read",
                        new String[] {"-f", "-", "--config", "no.yaml"});
        for (Map.Entry<String, String[]> each : wrong.entrySet()) {
            err.getBuffer().setLength(0);
            assertThat(inject(each.getValue())).as(each.getKey()).isEqualTo(2);
            assertThat(err.toString()).contains(each.getKey());
        }
    }

    @Test
    void whatIsInjectedFromAFileOfThreeMegabytesComesBack() throws Exception {
        StringBuilder pod = new StringBuilder(POD.substring(0, POD.indexOf("  - {name")));
        for (int container = 0; container < 20; container++) {
            pod.append("  - name: c%d\n    image: c:1\n    env:\n".formatted(container));
            for (int variable = 0; variable < 2_000; variable++) {
                pod.append(
                        "    - name: V%d\n      value: %s # kept\n"
                                .formatted(variable, "x".repeat(40)));
            }
        }
        Path file = file("big.yaml", pod.toString());
        assertThat(Files.size(file)).isGreaterThan(3_000_000);

        assertThat(inject("-i", "-f", file.toString())).isZero();
        assertThat(Files.readString(file)).contains("outrider-init");

        assertThat(uninject("-i", "-f", file.toString())).isZero();
        assertThat(Files.readString(file).equals(pod.toString())).isTrue();
    }

    private int inject(String... arguments) {
        return line(new InjectCommand(stdin(), new PrintStream(out)), arguments);
    }

    private int uninject(String... arguments) {
        return line(new UninjectCommand(stdin(), new PrintStream(out)), arguments);
    }

    private ByteArrayInputStream stdin() {
        return new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    }

    private int line(Object command, String... arguments) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private String[] files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toArray(String[]::new);
        }
    }
}
