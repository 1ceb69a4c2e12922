package dev.outrider.injector;

import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The objects of k8s/base, as somebody applies them. */
record Manifests(List<Map<String, Object>> objects) {
    private static final Path BASE = Path.of("../k8s/base");

    /** Where the API has those kinds that our processes look at. */
    private static final Map<String, String> PLACES =
            Map.of(
                    "Namespace", "/api/v1/namespaces/%2$s",
                    "ConfigMap", "/api/v1/namespaces/%1$s/configmaps/%2$s",
                    "Service", "/api/v1/namespaces/%1$s/services/%2$s",
                    "MutatingWebhookConfiguration", Rig.CONFIGURATION);

    static Manifests of(String... folders) throws IOException {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (String folder : folders) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(BASE.resolve(folder))) {
                for (Path file : files) {
                    Load load = new Load(LoadSettings.builder().build());
                    for (Object document : load.loadAllFromString(Files.readString(file))) {
                        @SuppressWarnings("unchecked") // a manifest is a mapping with words as keys
                        Map<String, Object> object = (Map<String, Object>) document;
                        objects.add(object);
                    }
                }
            }
        }
        return new Manifests(objects);
    }

    void applyTo(FakeKubernetes fake) {
        for (Map<String, Object> object : objects) {
            String place = PLACES.get(String.valueOf(object.get("kind")));
            if (place != null) {
                String namespace = Fields.text(object, "metadata", "namespace").orElse("");
                fake.put(place.formatted(namespace, name(object)), object);
            }
        }
    }

    Map<String, Object> object(String kind, String name) {
        return objects.stream()
                .filter(object -> kind.equals(object.get("kind")) && name.equals(name(object)))
                .findFirst()
                .orElseThrow();
    }

    /** The values of an option of a Deployment's first container. */
    List<String> option(String deployment, String option) {
        Object container =
                Fields.list(
                                object("Deployment", deployment),
                                "spec",
                                "template",
                                "spec",
                                "containers")
                        .getFirst();
        return Fields.list(container, "command").stream()
                .map(String::valueOf)
                .filter(word -> word.startsWith(option + "="))
                .map(word -> word.substring(option.length() + 1))
                .toList();
    }

    private static String name(Map<String, Object> object) {
        return Fields.text(object, "metadata", "name").orElseThrow();
    }
}
