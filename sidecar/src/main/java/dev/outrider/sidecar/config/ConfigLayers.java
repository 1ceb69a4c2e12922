package dev.outrider.sidecar.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a configuration is made of, the lowest first: mappings are merged at any depth, everything
 * else takes the place of what stands below it.
 */
public record ConfigLayers(List<ConfigLayer> all) {
    public ConfigLayers {
        all = List.copyOf(all);
        if (all.stream().noneMatch(each -> each instanceof ConfigLayer.File)) {
            throw new IllegalArgumentException("a configuration needs a file");
        }
    }

    /** Files in their order, and over them what the command line sets. */
    public static ConfigLayers of(
            List<ConfigLayer.File> files, List<ConfigLayer.Setting> settings) {
        return new ConfigLayers(
                Stream.<ConfigLayer>concat(files.stream(), settings.stream()).toList());
    }

    /** A configuration of one file. */
    public static ConfigLayers of(Path file) {
        return of(List.of(new ConfigLayer.File(file, false)), List.of());
    }

    Stream<ConfigLayer.File> files() {
        return all.stream()
                .filter(ConfigLayer.File.class::isInstance)
                .map(ConfigLayer.File.class::cast);
    }

    /** As messages call it. */
    @Override
    public String toString() {
        return all.stream().map(ConfigLayer::name).collect(Collectors.joining(", "));
    }
}
