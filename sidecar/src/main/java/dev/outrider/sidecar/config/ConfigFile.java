package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.InvalidValue;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads configurations from files. Stateless; any thread may call, and waits for the disk. */
public final class ConfigFile {
    private final Function<String, @Nullable String> environment;

    /**
     * @param environment gives a variable's value or null; {@code System::getenv} in production
     */
    public ConfigFile(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /** A configuration of one file. */
    public <T> ConfigDocument<T> load(Path path, Schema<T> schema) {
        return load(ConfigLayers.of(path), schema);
    }

    /** Reads the layers into a record, or says all that is wrong that one pass can tell. */
    public <T> ConfigDocument<T> load(ConfigLayers layers, Schema<T> schema) {
        Substitution substitution = new Substitution(environment);
        List<LayerText> texts = new ArrayList<>();
        List<ConfigError> errors = new ArrayList<>();
        Layered layered = new Layered();
        for (ConfigLayer each : layers.all()) {
            LayerText text = LayerText.none(each);
            try {
                text = read(each);
                Value tree = text.parse(substitution.beside(text.folder()));
                if (tree != null) {
                    layered.add(each, tree);
                }
            } catch (Refused e) {
                String sentence = substitution.conceal(e.sentence());
                errors.add(Layered.at(each, e.place(), sentence));
            }
            texts.add(text);
        }
        T config = errors.isEmpty() ? read(schema, layered, substitution, errors) : null;
        ConfigDocument.Inputs inputs = inputs(texts, substitution.files());
        return config == null
                ? new ConfigDocument.Invalid<>(errors, inputs)
                : new ConfigDocument.Loaded<>(config, new ConfigText(texts), inputs);
    }

    /** Null after adding to the errors. */
    private static <T> @Nullable T read(
            Schema<T> schema, Layered layered, Substitution filled, List<ConfigError> errors) {
        try {
            return schema.read(layered.tree());
        } catch (InvalidValue e) {
            e.problems()
                    .forEach(each ->
                            errors.add(
                                    layered.error(each.place(), filled.conceal(each.sentence()))));
            return null;
        }
    }

    private static LayerText read(ConfigLayer layer) throws Refused {
        if (!(layer instanceof ConfigLayer.File file)) {
            return LayerText.none(layer);
        }
        try {
            return new LayerText(
                    layer, FileText.read(file.path(), YamlFile.SIZE_LIMIT, Value.Place.NOWHERE));
        } catch (Refused e) {
            if (file.optional() && Files.notExists(file.path())) {
                return LayerText.none(layer);
            }
            throw e;
        }
    }

    /**
     * Whether the same still stands in all files. It is found out without making sense of them: to
     * parse thousands of services takes more memory than they do.
     */
    boolean unchanged(ConfigLayers layers, ConfigDocument.Inputs seen) {
        Map<Path, byte[]> taken = new HashMap<>();
        for (Path each : seen.files()) {
            // Those of the layers are read below.
            if (layers.files().noneMatch(file -> file.path().toAbsolutePath().equals(each))) {
                taken.put(each, contentOf(each));
            }
        }
        List<LayerText> texts = new ArrayList<>();
        for (ConfigLayer each : layers.all()) {
            texts.add(
                    each instanceof ConfigLayer.File file
                            ? new LayerText(file, contentOf(file.path()))
                            : LayerText.none(each));
        }
        return inputs(texts, taken).equals(seen);
    }

    /** As {@link #load} counts it: nothing if it cannot be read. */
    private static byte[] contentOf(Path taken) {
        try {
            return FileText.read(taken, YamlFile.SIZE_LIMIT, Value.Place.NOWHERE);
        } catch (Refused e) {
            return new byte[0];
        }
    }

    private static ConfigDocument.Inputs inputs(List<LayerText> layers, Map<Path, byte[]> taken) {
        Set<Path> files = new HashSet<>(taken.keySet());
        TreeMap<String, byte[]> further = new TreeMap<>();
        taken.forEach((path, content) -> further.put(path.toString(), content));
        MessageDigest digest = sha256();
        boolean first = true;
        for (LayerText each : layers) {
            switch (each.layer()) {
                case ConfigLayer.File file -> {
                    Path path = file.path().toAbsolutePath();
                    files.add(path);
                    if (first) {
                        digest.update(each.utf8());
                    } else {
                        further.put(path.toString(), each.utf8());
                    }
                    first = false;
                }
                case ConfigLayer.Setting set ->
                        further.put(set.name(), set.yaml().getBytes(StandardCharsets.UTF_8));
            }
        }
        further.forEach((name, content) -> {
            // Lengths keep two different splits of the same bytes apart.
            String head = "\n" + name + " " + content.length + "\n";
            digest.update(head.getBytes(StandardCharsets.UTF_8));
            digest.update(content);
        });
        return new ConfigDocument.Inputs(files, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
