package dev.outrider.sidecar;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigLayers;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code outrider check}: says whether a configuration is valid, and where it is not. */
@Command(
        name = "check",
        description = "Says whether a configuration is valid.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit code: 0 valid, 2 not valid."})
final class CheckCommand implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = java.util.Objects.requireNonNull(spec).commandLine();
        return check(config.layers(), line.getOut(), line.getErr());
    }

    static int check(ConfigLayers layers, PrintWriter out, PrintWriter err) {
        ConfigDocument.Loaded<SidecarConfig> loaded = ProxyProcess.load(layers, err);
        if (loaded == null) {
            return 2;
        }
        out.println("valid: " + loaded.config().name());
        return 0;
    }
}
