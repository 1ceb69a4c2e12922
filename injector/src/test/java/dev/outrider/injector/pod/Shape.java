package dev.outrider.injector.pod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * A pod of the golden files: {@code NAME.in.yaml} is a document about the request and one with the
 * pod, {@code NAME.out.yaml} what became of it and the pod then.
 */
record Shape(String name, Path input, PodRequest request, InjectionConfig config) {
    static final Path DIRECTORY = Path.of("src", "test", "resources", "pods");

    static List<Shape> all() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> file.toString().endsWith(".in.yaml"))
                    .sorted()
                    .map(Shape::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Shape named(String name) {
        return read(DIRECTORY.resolve(name + ".in.yaml"));
    }

    Path output() {
        return DIRECTORY.resolve(name + ".out.yaml");
    }

    private static Shape read(Path file) {
        try {
            List<Map<String, @Nullable Object>> documents = documents(Files.readString(file));
            Map<String, @Nullable Object> about = documents.get(0);
            Map<String, @Nullable Object> owner = object(about.get("owner"));
            String name = file.getFileName().toString().replace(".in.yaml", "");
            InjectionConfig config =
                    InjectionConfig.parse(
                            name, about.containsKey("config") ? dump(about.get("config")) : "");
            return new Shape(
                    name,
                    file,
                    new PodRequest(
                            documents.get(1),
                            String.valueOf(about.getOrDefault("namespace", "shop")),
                            texts(
                                    about.getOrDefault(
                                            "namespaceLabels",
                                            Map.of("outrider.dev/inject", "enabled"))),
                            texts(about.get("namespaceAnnotations")),
                            new Owner(
                                    String.valueOf(owner.getOrDefault("kind", "Deployment")),
                                    String.valueOf(owner.getOrDefault("name", "web"))),
                            ServerVersion.parse(
                                    String.valueOf(about.getOrDefault("server", "1.34")))),
                    config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(file.toString(), e);
        }
    }

    static List<Map<String, @Nullable Object>> documents(String yaml) {
        List<Map<String, @Nullable Object>> documents = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
            documents.add(object(document));
        }
        return documents;
    }

    static String dump(@Nullable Object json) {
        return new Dump(
                        DumpSettings.builder()
                                .setDefaultFlowStyle(FlowStyle.BLOCK)
                                .setIndicatorIndent(2)
                                .setIndentWithIndicator(true)
                                .setWidth(110)
                                .build())
                .dumpToString(json);
    }

    @SuppressWarnings("unchecked") // YAML mappings of these files have texts as keys
    static Map<String, @Nullable Object> object(@Nullable Object json) {
        return json == null ? new LinkedHashMap<>() : (Map<String, @Nullable Object>) json;
    }

    private static Map<String, String> texts(@Nullable Object json) {
        Map<String, String> texts = new LinkedHashMap<>();
        object(json).forEach((name, text) -> texts.put(name, String.valueOf(text)));
        return texts;
    }
}
