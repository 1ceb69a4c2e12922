package dev.outrider.injector.manifest;

import dev.outrider.certs.Json;
import dev.outrider.injector.manifest.text.BadText;
import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.manifest.text.Node;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.settings.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is injected: a file, if there is one, and single settings laid over it. */
final class InjectionSettings {
    private InjectionSettings() {}

    /**
     * @param sets {@code path=value}, later ones win
     */
    static InjectionConfig read(Optional<Path> file, List<String> sets) throws ManifestException {
        try {
            String yaml = file.isPresent() ? text(file.get()) : "";
            // By itself first, so that what is wrong in it is said with its line.
            InjectionConfig config =
                    InjectionConfig.parse(file.map(Path::toString).orElse("defaults"), yaml);
            return sets.isEmpty() ? config : InjectionConfig.parse("options", with(yaml, sets));
        } catch (SettingsException e) {
            throw new ManifestException(
                    String.valueOf(e.getMessage()).replaceFirst("^options:1: ", "--set: "));
        }
    }

    static String text(Path file) throws ManifestException {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ManifestException(
                    file
                            + ": cannot be read: "
                            + (Files.exists(file) ? e.getMessage() : "there is no such file"));
        }
    }

    private static String with(String yaml, List<String> sets) throws ManifestException {
        Object base = texts(parse("the configuration", yaml));
        Map<String, @Nullable Object> all = new LinkedHashMap<>(KubernetesObjects.object(base));
        for (String set : sets) {
            int equals = set.indexOf('=');
            if (equals < 1) {
                throw new ManifestException(
                        "--set " + set + ": write path=value, such as image=registry/outrider:1");
            }
            String value = set.substring(equals + 1);
            put(all, set.substring(0, equals), texts(parse("--set " + set, value)));
        }
        return Json.write(all);
    }

    private static void put(
            Map<String, @Nullable Object> all, String path, @Nullable Object value) {
        Map<String, @Nullable Object> map = all;
        String[] keys = path.split("\\.", -1);
        for (int index = 0; index + 1 < keys.length; index++) {
            Map<String, @Nullable Object> inner =
                    new LinkedHashMap<>(KubernetesObjects.object(map.get(keys[index])));
            map.put(keys[index], inner);
            map = inner;
        }
        map.put(keys[keys.length - 1], value == null ? "" : value);
    }

    private static @Nullable Node parse(String name, String yaml) throws ManifestException {
        try {
            Manifest manifest = Manifest.of(yaml);
            return manifest.documents().isEmpty() ? null : manifest.documents().getFirst().root();
        } catch (BadText e) {
            throw new ManifestException(name + ": " + e.getMessage());
        }
    }

    /** Settings are read as they are written: {@code on} is a word. */
    private static @Nullable Object texts(@Nullable Node node) {
        return switch (node) {
            case null -> null;
            case Node.Scalar scalar -> scalar.text();
            case Node.Alias alias -> texts(alias.target());
            case Node.Sequence list -> list.items().stream().map(InjectionSettings::texts).toList();
            case Node.Mapping mapping -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                mapping.entries()
                        .forEach(entry -> map.put(entry.key().text(), texts(entry.value())));
                yield map;
            }
        };
    }
}
