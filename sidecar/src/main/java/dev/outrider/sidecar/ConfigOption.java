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

    static ConfigFile reader() {
        return new ConfigFile(System::getenv);
    }

    Path path() {
        return java.util.Objects.requireNonNull(path);
    }

    /** The file's content, or null after its errors have been printed. */
    static ConfigDocument.@Nullable Loaded<SidecarConfig> load(Path file, PrintWriter errors) {
        return switch (reader().load(file, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> loaded -> loaded;
            case ConfigDocument.Invalid<SidecarConfig> invalid -> {
                invalid.errors().forEach(errors::println);
                errors.flush();
                yield null;
            }
        };
    }
}
