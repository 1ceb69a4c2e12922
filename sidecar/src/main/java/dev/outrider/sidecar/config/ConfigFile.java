package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.InvalidValue;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads configuration files. Stateless; any thread may call, and waits for the disk. */
public final class ConfigFile {
    private final Function<String, @Nullable String> environment;

    /**
     * @param environment gives a variable's value or null; {@code System::getenv} in production
     */
    public ConfigFile(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /** Reads the file into a record, or says all that is wrong with it that one pass can tell. */
    public <T> ConfigDocument<T> load(Path path, Schema<T> schema) {
        Path absolute = path.toAbsolutePath();
        String name = path.toString();
        // An absolute path below a root always has a folder; the root itself is not a file.
        Path parent = absolute.getParent();
        Substitution substitution =
                new Substitution(environment, parent == null ? absolute : parent);
        byte[] bytes = new byte[0];
        try {
            bytes = FileText.read(path, YamlFile.SIZE_LIMIT, Value.Place.NOWHERE);
            String text = FileText.decode(bytes, path, Value.Place.NOWHERE);
            Value tree = YamlFile.parse(text, substitution::fill);
            T config = schema.read(tree);
            return new ConfigDocument.Loaded<>(
                    config, new ConfigText(bytes), inputs(absolute, bytes, substitution));
        } catch (Refused e) {
            ConfigError error = ConfigError.at(name, e.place(), substitution.conceal(e.sentence()));
            return new ConfigDocument.Invalid<>(
                    List.of(error), inputs(absolute, bytes, substitution));
        } catch (InvalidValue e) {
            List<ConfigError> errors =
                    e.problems().stream()
                            .map(each ->
                                    ConfigError.at(
                                            name,
                                            each.place(),
                                            substitution.conceal(each.sentence())))
                            .toList();
            return new ConfigDocument.Invalid<>(errors, inputs(absolute, bytes, substitution));
        }
    }

    private static ConfigDocument.Inputs inputs(Path file, byte[] bytes, Substitution taken) {
        return inputs(file, bytes, taken.files());
    }

    /**
     * Whether the same still stands in all files. It is found out without making sense of them: to
     * parse thousands of services takes more memory than they do.
     */
    boolean unchanged(Path path, ConfigDocument.Inputs seen) {
        Path absolute = path.toAbsolutePath();
        try {
            byte[] bytes = FileText.read(path, YamlFile.SIZE_LIMIT, Value.Place.NOWHERE);
            Map<Path, byte[]> taken = new HashMap<>();
            for (Path each : seen.files()) {
                if (!each.equals(absolute)) {
                    taken.put(each, contentOf(each));
                }
            }
            return inputs(absolute, bytes, taken).equals(seen);
        } catch (Refused e) {
            return false;
        }
    }

    /** As {@link Substitution} counts it: nothing if it cannot be read. */
    private static byte[] contentOf(Path taken) {
        try {
            return FileText.read(taken, YamlFile.SIZE_LIMIT, Value.Place.NOWHERE);
        } catch (Refused e) {
            return new byte[0];
        }
    }

    private static ConfigDocument.Inputs inputs(Path file, byte[] bytes, Map<Path, byte[]> taken) {
        Set<Path> files = new HashSet<>(taken.keySet());
        files.add(file);
        MessageDigest digest = sha256();
        digest.update(bytes);
        new TreeMap<>(taken)
                .forEach((path, content) -> {
                    // Lengths keep two different splits of the same bytes apart.
                    String head = "\n" + path + " " + content.length + "\n";
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
