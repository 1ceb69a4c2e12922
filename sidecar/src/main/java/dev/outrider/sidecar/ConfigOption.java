package dev.outrider.sidecar;

import dev.outrider.sidecar.config.ConfigLayer;
import dev.outrider.sidecar.config.ConfigLayers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The configuration as command-line options. */
final class ConfigOption {
    private static final String FILE = "--config";

    /** Of both options, in the order of the command line. */
    @Option(
            names = {"-c", FILE},
            required = true,
            paramLabel = "FILE",
            parameterConsumer = Required.class,
            description = {
                "configuration file (YAML); docs/configuration.md lists every key",
                "Given again, a later one is laid over those before: mappings are merged, all else"
                        + " is replaced."
            })
    private @Nullable List<ConfigLayer.File> files;

    @Option(
            names = "--config-if-present",
            paramLabel = "FILE",
            parameterConsumer = IfPresent.class,
            description = "the same for a file that may be missing or empty, and may come and go")
    @SuppressWarnings("UnusedVariable") // what it reads goes to the files above
    private @Nullable List<ConfigLayer.File> optional;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            converter = SettingForm.class,
            description = "a value (YAML) laid over all files, such as runtime.drain=20s")
    private @Nullable List<ConfigLayer.Setting> settings;

    ConfigLayers layers() {
        return ConfigLayers.of(
                java.util.Objects.requireNonNull(files), settings == null ? List.of() : settings);
    }

    static final class Required implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> left, ArgSpec option, CommandSpec command) {
            add(command, new ConfigLayer.File(Path.of(left.pop()), false));
        }
    }

    static final class IfPresent implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> left, ArgSpec option, CommandSpec command) {
            add(command, new ConfigLayer.File(Path.of(left.pop()), true));
        }
    }

    private static void add(CommandSpec command, ConfigLayer.File file) {
        ArgSpec option = command.findOption(FILE);
        List<ConfigLayer.File> before = option.getValue();
        List<ConfigLayer.File> files = new ArrayList<>(before == null ? List.of() : before);
        files.add(file);
        option.setValue(files);
    }

    static final class SettingForm implements ITypeConverter<ConfigLayer.Setting> {
        @Override
        public ConfigLayer.Setting convert(String text) {
            try {
                return ConfigLayer.Setting.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
