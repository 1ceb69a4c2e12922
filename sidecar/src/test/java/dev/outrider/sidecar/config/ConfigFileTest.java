package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.tls.IdentityConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    @TempDir private Path folder;

    private final Map<String, String> environment =
            Map.of("PORT", "9000", "EMPTY", "", "BAD", "ninety", "TRICK", "x\nport: 1");

    private ConfigDocument<Sample> load(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("sidecar.yaml"), content);
        return new ConfigFile(environment::get).load(file, Sample.SCHEMA);
    }

    private ConfigDocument<Sample> load(String yaml) throws IOException {
        return load(yaml.getBytes(StandardCharsets.UTF_8));
    }

    private Sample valid(String yaml) throws IOException {
        return switch (load(yaml)) {
            case ConfigDocument.Loaded<Sample> loaded -> loaded.config();
            case ConfigDocument.Invalid<Sample> invalid ->
                    throw new AssertionError(invalid.errors().toString());
        };
    }

    /** The errors as they are printed, without the folder of this test. */
    private List<String> errors(byte[] yaml) throws IOException {
        return switch (load(yaml)) {
            case ConfigDocument.Loaded<Sample> loaded -> List.of("accepted " + loaded.config());
            case ConfigDocument.Invalid<Sample> invalid ->
                    invalid.errors().stream()
                            .map(error -> error.toString().replace(folder + "/", ""))
                            .toList();
        };
    }

    private List<String> errors(String yaml) throws IOException {
        return errors(yaml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsAWholeFile() throws IOException {
        Sample sample =
                valid(
                        """
                        # a comment
                        name: web
                        port: 8080
                        mode: permissive
                        hosts: [a, "b"]
                        services:
                          billing.shop: {address: "billing:1", retry: {attempts: 5}}
                          orders:
                            address: 'orders:2'
                        """);
        assertThat(sample.port()).isEqualTo(8080);
        assertThat(sample.mode()).isEqualTo(Sample.Mode.PERMISSIVE);
        assertThat(sample.hosts()).containsExactly("a", "b");
        assertThat(sample.services()).containsOnlyKeys("billing.shop", "orders");
        assertThat(sample.services().get("billing.shop"))
                .isEqualTo(
                        new Sample.Service(
                                "billing:1", new Sample.Retry(5, Duration.ofMillis(25))));
    }

    @Test
    void saysFileLineColumnPathAndMend() throws IOException {
        assertThat(
                        errors(
                                """
                                name: web
                                services:
                                  billing:
                                    address: x
                                    retry:
                                      attempts: many
                                  a.b: {address: x, retry: {atempts: 3}}
                                """))
                .containsExactly(
                        "sidecar.yaml:6:7 services.billing.retry.attempts: expected a whole number"
                                + " from 0 to 10, found 'many'",
                        "sidecar.yaml:7:29 services[a.b].retry.atempts: unknown key 'atempts';"
                                + " did you mean 'attempts'?");
    }

    @Test
    void aKeyTwiceIsRefusedWithBothLines() throws IOException {
        assertThat(errors("name: a\nport: 1\nname: b\n"))
                .containsExactly(
                        "sidecar.yaml:3:1 name: 'name' already stands in line 1; keep one of the"
                                + " two");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: &a x | 1:1 name: anchors",
                "name: *a | 1:1 name: aliases",
                "name: !!str x | 1:1 name: tags",
                "!foo {name: x} | 1:1: tags",
                "&a {name: x} | 1:1: anchors",
                "? [a] : x | 1:3: this is no key",
                "~: x | 1:1: this is no key",
                "'<<: {name: x}' | 1:1: merge keys",
                "name: | 1:1 name: there is no value here",
                "name: ~ | 1:1 name: there is no value here",
                "hosts: [a, null] | 1:12 hosts[1]: there is no value here",
                "name: [a | 1:9: not valid YAML",
                "name: 'a | 1:9: not valid YAML",
                "name: @a | 1:7: not valid YAML",
                "{name: ${PORT}} | 1:",
            })
    void whatIsNotPlainYamlIsRefusedWhereItStands(String yaml, String start) throws IOException {
        assertThat(errors(yaml))
                .singleElement()
                .asString()
                .startsWith("sidecar.yaml:" + start)
                .contains(";");
    }

    @Test
    void aSecondDocumentIsRefused() throws IOException {
        assertThat(errors("name: a\n---\nname: b\n"))
                .containsExactly(
                        "sidecar.yaml:2:1: a second document starts here; keep one document in the"
                                + " file");
        assertThat(valid("---\nname: a\n...\n").name()).isEqualTo("a");
    }

    @Test
    void anEmptyFileIsRefusedRatherThanTakenForDefaults() throws IOException {
        assertThat(errors("# nothing\n"))
                .containsExactly("sidecar.yaml: the file is empty; write the configuration");
    }

    /** The parser reads by pieces, and one must not end within a character. */
    @Test
    void charactersOfTwoHalvesMayStandAnywhere() throws IOException {
        for (int before = 1_000; before < 1_040; before++) {
            String hosts = "x".repeat(before) + "\uD83D\uDE00";
            assertThat(valid("hosts: \"" + hosts + "\"\nname: web\nport: 8080\n").hosts())
                    .containsExactly(hosts);
        }
    }

    @Test
    void aTabIsNamed() throws IOException {
        assertThat(errors("name: a\nretry:\n\tattempts: 1\n"))
                .containsExactly(
                        "sidecar.yaml:3:1: a tab stands where YAML wants spaces; indent with"
                                + " spaces");
    }

    @Test
    void aControlCharacterIsNamed() throws IOException {
        assertThat(errors("name: a\nport: \u0007\n"))
                .containsExactly(
                        "sidecar.yaml:2:7: the character U+0007 is not allowed in YAML; remove it");
    }

    @Test
    void whatIsNotUtf8IsRefused() throws IOException {
        assertThat(errors(new byte[] {'n', ':', (byte) 0xff}))
                .singleElement()
                .asString()
                .endsWith("is not UTF-8 text (byte 3); save it as UTF-8");
        assertThat(valid("\uFEFFname: a").name()).isEqualTo("a");
    }

    @Test
    void aHugeOrDeepFileIsRefused() throws IOException {
        assertThat(errors("#".repeat(YamlFile.SIZE_LIMIT + 1)))
                .singleElement()
                .asString()
                .endsWith("is larger than 4096 KiB; shorten it");
        assertThat(errors("hosts: " + "[".repeat(1_000_000)))
                .singleElement()
                .asString()
                .contains("nested deeper than 64 levels");
        assertThat(errors("a: {".repeat(70) + "}".repeat(70)))
                .singleElement()
                .asString()
                .contains("nested deeper than 64 levels");
    }

    @Test
    void aMissingFileAndAFolderAreRefused() throws IOException {
        ConfigFile reader = new ConfigFile(environment::get);
        Path missing = folder.resolve("none.yaml");
        for (Path path : List.of(missing, folder)) {
            assertThat(reader.load(path, Sample.SCHEMA)).isInstanceOf(ConfigDocument.Invalid.class);
        }
    }

    @Test
    void variablesAreFilledIn() throws IOException {
        Sample sample =
                valid(
                        """
                        name: "a ${PORT} ${NONE:-fall back} ${EMPTY:-b}${EMPTY} $${PORT} $5 $$x"
                        port: ${PORT}
                        token: ${TRICK}
                        """);
        assertThat(sample.name()).isEqualTo("a 9000 fall back b ${PORT} $5 $$x");
        assertThat(sample.port()).isEqualTo(9000);
        assertThat(sample.token()).as("substitution cannot add keys").isEqualTo("x\nport: 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "${NONE} | the environment variable NONE is not set; set it, or give a fallback:"
                        + " ${NONE:-fallback}",
                "${a-b} | '${a-b}' names no variable; write ${NAME}, ${NAME:-fallback} or"
                        + " ${file:/path}, or '$${' for a plain '${'",
                "a${PORT | '${' without '}'; close it, or write '$${' for a plain '${'",
                "${file:gone} | gone' does not exist; create it or mend the path"
            })
    void whatCannotBeFilledInIsRefused(String value, String sentence) throws IOException {
        assertThat(errors("name: " + value))
                .singleElement()
                .asString()
                .startsWith("sidecar.yaml:1:1 name: ")
                .endsWith(sentence);
    }

    @Test
    void filesAreTakenInWithoutTheirLastLineBreak() throws IOException {
        Files.writeString(folder.resolve("token"), "s3cret\n\n");
        Sample sample = valid("name: ${file:token}\ntoken: x${file:" + folder + "/token}");
        assertThat(sample.name()).isEqualTo("s3cret\n");
        assertThat(sample.token()).isEqualTo("xs3cret\n");
    }

    @Test
    void theContentOfAFileIsNeverShown() throws IOException {
        Files.writeString(folder.resolve("token"), "s3cret\n");
        assertThat(errors("name: a\nport: ${file:token}\nmode: x${file:token}"))
                .hasSize(2)
                .allSatisfy(error -> assertThat(error).doesNotContain("s3cret"));
        Files.write(folder.resolve("token"), new byte[70_000]);
        assertThat(errors("name: ${file:token}"))
                .singleElement()
                .asString()
                .endsWith("is larger than 64 KiB; shorten it");
        Files.write(folder.resolve("token"), new byte[] {'s', (byte) 0xff});
        assertThat(errors("name: ${file:token}")).singleElement().asString().contains("UTF-8");
    }

    /** Nobody knows which variables are secrets, so none is shown, whole or in part. */
    @Test
    void theValueOfAVariableIsNeverShownOnlyItsName() throws IOException {
        String password = "hunter2-correct-horse-battery-staple";
        Map<String, String> variables =
                Map.of(
                        "DB_PASSWORD",
                        password,
                        "TRICK",
                        "${DB_",
                        "ONE",
                        "1",
                        "SHOP",
                        "shop.secret");
        Path file =
                Files.writeString(
                        folder.resolve("sidecar.yaml"),
                        """
                        trustDomain: ${DB_PASSWORD}
                        id: spiffe://${SHOP}/ns/correct-horse/sa/${ONE}${DB_PASSWORD}
                        files: {certificate: "${TRICK}", key: b, bundle: c}
                        """);
        assertThat(new ConfigFile(variables::get).load(file, IdentityConfig.SCHEMA))
                .isInstanceOfSatisfying(
                        ConfigDocument.Invalid.class,
                        invalid ->
                                assertThat(invalid.errors().toString())
                                        .contains(
                                                "id spiffe://${SHOP}/ns/${DB_PASSWORD}/sa/1${DB_PASSWORD} is"
                                                        + " not of the trustDomain '${DB_PASSWORD}'")
                                        .doesNotContain("horse"));
    }

    @Test
    void theHashChangesWithTheFileAndWithWhatItTakesIn() throws IOException {
        Files.writeString(folder.resolve("token"), "a");
        ConfigDocument.Inputs first = load("name: ${file:token}").inputs();
        assertThat(load("name: ${file:token}").inputs()).isEqualTo(first);
        Files.writeString(folder.resolve("token"), "b");
        assertThat(load("name: ${file:token}").inputs().hash()).isNotEqualTo(first.hash());
        assertThat(first.files())
                .containsExactlyInAnyOrder(folder.resolve("token"), folder.resolve("sidecar.yaml"));
    }
}
