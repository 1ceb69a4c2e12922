package dev.outrider.injector.reconcile;

import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Whether the mesh's configuration may be spread. Pure. */
final class MeshConfig {
    static final String KEY = "mesh.yaml";

    private MeshConfig() {}

    /**
     * Why not; empty when it may. Only its form is looked at: what the keys mean is known to the
     * proxies, which keep what they have when a new one makes no sense.
     */
    static Optional<String> fault(Map<String, String> data) {
        String yaml = data.get(KEY);
        if (yaml == null) {
            return Optional.of("it has no key " + KEY);
        }
        try {
            Object root = new Load(settings(yaml)).loadFromString(yaml);
            return root == null || root instanceof Map<?, ?>
                    ? Optional.empty()
                    : Optional.of(KEY + " is no mapping of keys to values");
        } catch (YamlEngineException e) {
            return Optional.of(
                    KEY + " is no valid YAML: " + oneLine(String.valueOf(e.getMessage())));
        }
    }

    private static LoadSettings settings(String yaml) {
        return LoadSettings.builder()
                .setLabel(KEY)
                .setMaxAliasesForCollections(10)
                // One buffer for all: a character in two halves at its end fails the parser.
                .setBufferSize(yaml.length() + 16)
                .build();
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s+", " ").strip();
    }
}
