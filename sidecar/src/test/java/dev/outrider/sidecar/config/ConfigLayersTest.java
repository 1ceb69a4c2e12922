package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLayersTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir private Path folder;
    private final List<ConfigLayer.File> files = new ArrayList<>();
    private final List<ConfigLayer.Setting> settings = new ArrayList<>();
    private final ConfigFile reader = new ConfigFile(Map.of("SECRET", "s3cret!")::get);

    private Path file(String name, String yaml) throws IOException {
        return Files.writeString(folder.resolve(name), yaml);
    }

    private void layer(String name, String yaml) throws IOException {
        files.add(new ConfigLayer.File(file(name, yaml), false));
    }

    private void optional(String name) {
        files.add(new ConfigLayer.File(folder.resolve(name), true));
    }

    private void set(String text) {
        settings.add(ConfigLayer.Setting.parse(text));
    }

    private ConfigDocument<Sample> load() {
        return reader.load(ConfigLayers.of(files, settings), Sample.SCHEMA);
    }

    private ConfigDocument.Loaded<Sample> loaded() {
        return switch (load()) {
            case ConfigDocument.Loaded<Sample> good -> good;
            case ConfigDocument.Invalid<Sample> bad -> throw new AssertionError(bad.errors());
        };
    }

    /** As they are printed, without the folder of this test. */
    private List<String> errors() {
        return switch (load()) {
            case ConfigDocument.Loaded<Sample> good -> List.of("accepted " + good.config());
            case ConfigDocument.Invalid<Sample> bad ->
                    bad.errors().stream()
                            .map(error -> error.toString().replace(folder + "/", ""))
                            .toList();
        };
    }

    @Test
    void mappingsAreMergedAndEverythingElseIsReplaced() throws IOException {
        layer(
                "mesh.yaml",
                """
                name: mesh
                port: 1
                hosts: [a, b]
                services:
                  billing: {address: "billing:1", retry: {attempts: 5, backoff: 1s}}
                  orders: {address: "orders:1"}
                """);
        layer(
                "pod.yaml",
                """
                name: pod
                hosts: [c]
                services:
                  billing: {retry: {attempts: 7}}
                  stock: {address: "stock:1"}
                """);
        set("services.billing.retry={backoff: 2s}");
        set("services[orders].address=orders:2");
        set("port=9");
        Sample sample = loaded().config();
        assertThat(sample.name()).isEqualTo("pod");
        assertThat(sample.port()).isEqualTo(9);
        assertThat(sample.hosts()).containsExactly("c");
        assertThat(sample.services()).containsOnlyKeys("billing", "orders", "stock");
        assertThat(sample.services().get("billing"))
                .isEqualTo(
                        new Sample.Service(
                                "billing:1", new Sample.Retry(7, Duration.ofSeconds(2))));
        assertThat(sample.services().get("orders"))
                .isEqualTo(new Sample.Service("orders:2", Sample.Retry.DEFAULTS));
    }

    @Test
    void theOrderOfTheLayersDecides() throws IOException {
        layer("a.yaml", "{name: a, port: 1}");
        layer("b.yaml", "port: 2");
        set("port=3");
        set("port=4");
        assertThat(loaded().config().port()).isEqualTo(4);
        settings.clear();
        assertThat(loaded().config().port()).isEqualTo(2);
        files.add(files.removeFirst());
        assertThat(loaded().config().port()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing yet\n"})
    void anOptionalLayerMayHaveNothingInIt(String nothing) throws IOException {
        layer("a.yaml", "name: a");
        optional("b.yaml");
        assertThat(loaded().config().name()).isEqualTo("a");
        file("b.yaml", nothing);
        assertThat(loaded().config().name()).isEqualTo("a");
        file("b.yaml", "name: b");
        assertThat(loaded().config().name()).isEqualTo("b");
    }

    @Test
    void aLayerThatIsNotOptionalMayNot() throws IOException {
        layer("a.yaml", "name: a");
        layer("b.yaml", "");
        files.add(new ConfigLayer.File(folder.resolve("c.yaml"), false));
        assertThat(errors())
                .containsExactly(
                        "b.yaml: the file is empty; write the configuration",
                        "c.yaml: 'c.yaml' does not exist; create it or mend the path");
    }

    @Test
    void anErrorNamesTheLayerWhereTheWrongValueStands() throws IOException {
        layer("a.yaml", "name: a\nport: x\nports: b\nservices:\n  s: {retry: {attempts: 99}}");
        layer("b.yaml", "\n\nshare: 1\nservices:\n  s: {address: s, retry: {retires: 1}}");
        set("mode=lax");
        set("services.t={address: t, retry: {backoff: soon}}");
        assertThat(errors())
                .containsExactly(
                        "a.yaml:2:1 port: expected a whole number from 0 to 65535, found 'x'",
                        "--set mode mode: expected one of strict, permissive, found 'lax'",
                        "b.yaml:3:1 share: expected a percentage from 0% to 100% such as 50%,"
                                + " found '1'",
                        "a.yaml:5:15 services.s.retry.attempts: expected a whole number from 0 to"
                                + " 10, found '99'",
                        "b.yaml:5:27 services.s.retry.retires: unknown key 'retires'; known here:"
                                + " attempts, backoff",
                        "--set services.t:1:22 services.t.retry.backoff: expected a duration such"
                                + " as 250ms, 1.5s, 10m or 24h, found 'soon'",
                        "a.yaml:3:1 ports: unknown key 'ports'; did you mean 'port'?");
    }

    @Test
    void eachLayerThatIsNotYamlIsNamed() throws IOException {
        layer("a.yaml", "name: [a\n");
        layer("b.yaml", "name: a\nname: b");
        set("port=");
        set("hosts=[a");
        assertThat(errors())
                .hasSize(4)
                .anyMatch(it -> it.startsWith("a.yaml:2:1: not valid YAML"))
                .contains(
                        "b.yaml:2:1 name: 'name' already stands in line 1; keep one of the two",
                        "--set port port: there is no value after '='; write '' for an empty text")
                .anyMatch(it -> it.startsWith("--set hosts:1:"));
    }

    /** Each of the two would do without the other. */
    @Test
    void anErrorThatArisesByMergingNamesAllItComesFrom() throws IOException {
        layer("mesh.yaml", "name: a\n\nservices:\n  s: {retry: {attempts: 1}}");
        layer("pod.yaml", "services:\n  s: {retry: {attempts: 2}}");
        set("services.s.retry.backoff=1s");
        assertThat(errors())
                .containsExactly(
                        "--set services.s.retry.backoff services.s: 'address' is missing: where it"
                                + " is (merged from mesh.yaml:4, pod.yaml:2, --set"
                                + " services.s.retry.backoff)");
    }

    @Test
    void whatALaterLayerTurnsIntoSomethingElseIsWrongThere() throws IOException {
        layer("a.yaml", "name: a\nretry: {attempts: 1}");
        layer("b.yaml", "name: b\nretry: never");
        assertThat(errors())
                .containsExactly(
                        "b.yaml:2:1 retry: expected a mapping (How calls are tried again.)");
        layer("c.yaml", "just words");
        assertThat(errors()).containsExactly("c.yaml:1:1: expected a mapping (All of it.)");
    }

    @Test
    void eachLayerIsFilledInFromBesideIt() throws IOException {
        Files.createDirectory(folder.resolve("d"));
        file("token", "of mesh");
        file("d/token", "of pod");
        layer("a.yaml", "name: ${file:token}\ntoken: ${file:token}");
        layer("d/b.yaml", "token: \"${file:token}\"");
        set("hosts=[\"${SECRET}\", '$${SECRET}', \"${NONE:-none}\"]");
        Sample sample = loaded().config();
        assertThat(sample.name()).isEqualTo("of mesh");
        assertThat(sample.token()).isEqualTo("of pod");
        assertThat(sample.hosts()).containsExactly("s3cret!", "${SECRET}", "none");
    }

    @Test
    void aSecretIsNeitherInErrorsNorInTheDump() throws IOException {
        layer("a.yaml", "name: a\ntoken: ${file:token}");
        file("token", "very secret");
        set("token=\"${SECRET}\"");
        set("retry={attempts: 3}");
        assertThat(ConfigDump.json(loaded().text().tree()))
                .isEqualTo(
                        Map.of("name", "a", "token", "${SECRET}", "retry", Map.of("attempts", 3L)));
        set("port=\"${SECRET}\"");
        assertThat(errors())
                .containsExactly(
                        "--set port port: expected a whole number from 0 to 65535, found"
                                + " '${SECRET}'");
        set("token=hunter2");
        settings.remove(2);
        assertThat(ConfigDump.json(loaded().text().tree()).toString())
                .contains("(redacted)")
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=1|a|1",
                "a.b.c=x=y|a,b,c|x=y",
                "a[b.c].d=|a,b.c,d|''",
                "a.[b.c]={d: 1}|a,b.c|{d: 1}",
                "[a.b]=1|a.b|1",
                "pod.probes.app/liveness.tcp=80|pod,probes,app/liveness,tcp|80",
            })
    void aSettingIsAPathAndAValue(String text, String keys, String yaml) {
        ConfigLayer.Setting set = ConfigLayer.Setting.parse(text);
        assertThat(set.keys()).containsExactly(keys.split(",", -1));
        assertThat(set.yaml()).isEqualTo(yaml);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "=1", "a.=1", ".a=1", "a..b=1", "a[]=1", "a[b=1", "a]b=1"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> ConfigLayer.Setting.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("path=value");
    }

    @Test
    void oneFileHasTheSameHashAsItAlwaysHad() throws IOException {
        layer("a.yaml", "name: first");
        assertThat(loaded().inputs().hash())
                .isEqualTo("460c60b7f2aa4b0a2dac206a58dbf429202546a14e403c72e13461ccf759037b");
    }

    // ---- watched

    private ConfigWatch<Sample> watch(List<String> published) {
        return new ConfigWatch<>(
                reader,
                ConfigLayers.of(files, settings),
                Sample.SCHEMA,
                loaded(),
                it -> published.add(it.config().name() + " " + it.config().port()),
                () -> NOW);
    }

    @Test
    void everyLayerIsWatchedAlsoOneThatComesAndGoes() throws IOException {
        layer("a.yaml", "name: a");
        optional("b.yaml");
        set("port=7");
        List<String> published = new CopyOnWriteArrayList<>();
        try (ConfigWatch<Sample> watch = watch(published)) {
            watch.poll();
            assertThat(published).isEmpty();
            file("b.yaml", "name: b");
            watch.poll();
            file("a.yaml", "name: c\nbody: 1MiB");
            watch.poll();
            Files.delete(folder.resolve("b.yaml"));
            watch.poll();
            watch.poll();
            assertThat(published).containsExactly("b 7", "b 7", "c 7");
            file("b.yaml", "port: x\nnmae: y");
            watch.poll();
            assertThat(watch.status().text()).contains("b.yaml:2:1 nmae");
            file("b.yaml", "");
            watch.poll();
            assertThat(watch.status().current()).isTrue();
            assertThat(published).hasSize(3);
        }
    }

    /** One turn of the link changes all files of a Kubernetes volume. */
    @Test
    void layersOfOneVolumeChangeTogether() throws IOException {
        for (String version : List.of("1", "2")) {
            Files.createDirectory(folder.resolve(version));
            file(version + "/a.yaml", "name: a" + version);
            file(version + "/b.yaml", "port: " + version);
        }
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("1"));
        for (String name : List.of("a.yaml", "b.yaml")) {
            Files.createSymbolicLink(folder.resolve(name), Path.of("..data").resolve(name));
            optional(name);
        }
        List<String> published = new CopyOnWriteArrayList<>();
        try (ConfigWatch<Sample> watch = watch(published)) {
            watch.poll();
            Path next = Files.createSymbolicLink(folder.resolve("..next"), Path.of("2"));
            Files.move(next, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            watch.poll();
            assertThat(published).containsExactly("a2 2");
        }
    }
}
