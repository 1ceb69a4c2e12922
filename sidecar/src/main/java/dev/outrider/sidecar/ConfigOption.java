package dev.outrider.sidecar;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The configuration file as a command-line option. */
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "configuration file (YAML); docs/configuration.md lists every key")
    private @Nullable Path path;

    /** The file's content, or null after its errors have been printed. */
    ConfigDocument.@Nullable Loaded<SidecarConfig> load(PrintWriter errors) {
        Path file = java.util.Objects.requireNonNull(path);
        return switch (new ConfigFile(System::getenv).load(file, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> loaded -> loaded;
            case ConfigDocument.Invalid<SidecarConfig> invalid -> {
                invalid.errors().forEach(errors::println);
                errors.flush();
                yield null;
            }
        };
    }
}
