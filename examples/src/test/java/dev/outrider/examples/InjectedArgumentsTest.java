package dev.outrider.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.ConfigLayer;
import dev.outrider.sidecar.config.ConfigLayers;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What the injector writes into pods is what the image's commands understand: the injector's golden
 * pods, their arguments expanded as the kubelet does, with the ConfigMap of k8s/.
 */
final class InjectedArgumentsTest {
    private static final Path PODS = Path.of("..", "injector", "src", "test", "resources", "pods");
    private static final Path MESH = Path.of("..", "k8s", "base", "mesh", "configmap.yaml");
    private static final String CONFIG = "/etc/outrider/config/";

    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "OUTRIDER_POD_NAME", "web-1",
                    "OUTRIDER_POD_IP", "10.1.2.3",
                    "OUTRIDER_NAMESPACE", "shop",
                    "OUTRIDER_SERVICE_ACCOUNT", "web",
                    "OUTRIDER_WORKLOAD", "web",
                    "OUTRIDER_NODE", "node-1",
                    "OUTRIDER_ZONE", "",
                    "OUTRIDER_HOOK_KEY", "00112233445566778899aabbccddeeff",
                    "y", "must not be filled in");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    static List<Path> injected() throws IOException {
        try (Stream<Path> files = Files.list(PODS)) {
            List<Path> found = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(".out.yaml")
                        && Files.readString(file).startsWith("injected: true")) {
                    found.add(file);
                }
            }
            return found;
        }
    }

    @ParameterizedTest
    @MethodSource("injected")
    void theProxyTakesItsConfiguration(Path file) throws IOException {
        assertThat(configuration(pod(file)).name()).isEqualTo("web");
    }

    @ParameterizedTest
    @MethodSource("injected")
    void theCommandsTakeTheirOptions(Path file) throws IOException {
        Map<?, ?> pod = pod(file);
        for (String name : List.of("outrider-init", "outrider")) {
            Map<?, ?> container = container(pod, name);
            List<String> line = new ArrayList<>(texts(container, "command"));
            line.addAll(expanded(texts(container, "args")));
            parses(line);
        }
    }

    @ParameterizedTest
    @MethodSource("injected")
    void initMakesRulesOfItsOptions(Path file) throws IOException {
        List<String> line = new ArrayList<>(List.of("init", "--dry-run"));
        line.addAll(expanded(texts(container(pod(file), "outrider-init"), "args")));
        StringWriter said = new StringWriter();

        int code =
                Main.commandLine()
                        .setOut(new PrintWriter(said))
                        .setErr(new PrintWriter(said))
                        .execute(line.toArray(String[]::new));

        assertThat(code).as(said.toString()).isZero();
    }

    /** Dollars mean something to the kubelet and to the proxy, and nothing to the app. */
    @Test
    void dollarsOfAProbeArriveAsTheyAre() throws IOException {
        SidecarConfig config = configuration(pod(PODS.resolve("probes.out.yaml")));

        assertThat(String.valueOf(config.pod()))
                .contains("/health?deep=${x}&cost=$(y)$$", "shop.example", "10.1.2.3");
    }

    private static void parses(List<String> line) {
        assertThat(line.getFirst()).isEqualTo("outrider");
        Main.commandLine().parseArgs(line.subList(1, line.size()).toArray(String[]::new));
    }

    private SidecarConfig configuration(Map<?, ?> pod) throws IOException {
        Map<?, ?> map = (Map<?, ?>) documents(MESH).getFirst();
        Files.writeString(
                folder.resolve("mesh.yaml"), String.valueOf(object(map, "data").get("mesh.yaml")));
        Object overlay = annotations(pod).get("outrider.dev/config");
        if (overlay != null) {
            Files.writeString(folder.resolve("pod.yaml"), overlay.toString());
        }
        List<ConfigLayer.File> files = new ArrayList<>();
        List<ConfigLayer.Setting> settings = new ArrayList<>();
        for (String argument : expanded(texts(container(pod, "outrider"), "args"))) {
            String value = argument.substring(argument.indexOf('=') + 1);
            switch (argument.substring(0, argument.indexOf('='))) {
                case "--config" -> files.add(new ConfigLayer.File(mounted(value), false));
                case "--config-if-present" -> files.add(new ConfigLayer.File(mounted(value), true));
                case "--set" -> settings.add(ConfigLayer.Setting.parse(value));
                default -> assertThat(argument).startsWith("--until-apps-end=");
            }
        }
        ConfigDocument<SidecarConfig> read =
                new ConfigFile(ENVIRONMENT::get)
                        .load(ConfigLayers.of(files, settings), SidecarConfig.SCHEMA);
        if (read instanceof ConfigDocument.Loaded<SidecarConfig> loaded) {
            return loaded.config();
        }
        throw new AssertionError(((ConfigDocument.Invalid<?>) read).errors());
    }

    private Path mounted(String path) {
        assertThat(path).startsWith(CONFIG);
        return folder.resolve(path.substring(CONFIG.length()));
    }

    /** Kubernetes' rules: {@code $(NAME)} if there is such a variable, and two dollars for one. */
    private static List<String> expanded(List<String> arguments) {
        Pattern reference = Pattern.compile("\\$\\$|\\$\\(([^)]*)\\)");
        return arguments.stream()
                .map(argument ->
                        reference
                                .matcher(argument)
                                .replaceAll(found ->
                                        Matcher.quoteReplacement(
                                                found.group(1) == null
                                                        ? "$"
                                                        : ENVIRONMENT.getOrDefault(
                                                                found.group(1), found.group()))))
                .toList();
    }

    private static Map<?, ?> pod(Path file) throws IOException {
        return (Map<?, ?>) documents(file).getLast();
    }

    private static List<Object> documents(Path file) throws IOException {
        Iterable<Object> all =
                new Load(LoadSettings.builder().build()).loadAllFromString(Files.readString(file));
        return StreamSupport.stream(all.spliterator(), false).toList();
    }

    private static Map<?, ?> annotations(Map<?, ?> pod) {
        return object(object(pod, "metadata"), "annotations");
    }

    private static Map<?, ?> container(Map<?, ?> pod, String name) {
        Map<?, ?> spec = object(pod, "spec");
        return Stream.of("initContainers", "containers")
                .flatMap(key -> list(spec, key).stream())
                .map(each -> (Map<?, ?>) each)
                .filter(each -> name.equals(each.get("name")))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> texts(Map<?, ?> of, String key) {
        return list(of, key).stream().map(String::valueOf).toList();
    }

    private static List<?> list(Map<?, ?> of, String key) {
        return (List<?>) Objects.requireNonNull(of.get(key), key);
    }

    private static Map<?, ?> object(Map<?, ?> of, String key) {
        return (Map<?, ?>) Objects.requireNonNull(of.get(key), key);
    }
}
