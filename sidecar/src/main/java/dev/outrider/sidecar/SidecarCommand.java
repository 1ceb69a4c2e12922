package dev.outrider.sidecar;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.observe.LogLevels;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outrider sidecar}: runs the proxy until it is told to stop. */
@Command(
        name = "sidecar",
        description = {
            "Runs the proxy next to one app.",
            "It takes calls of other workloads over mutual TLS and hands them to the app, and carries"
                    + " the app's own calls to other workloads."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: outrider sidecar --config sidecar.yaml",
            "The app then calls http://127.0.0.1:15001/ with the service's name as Host.",
            "SIGTERM drains and stops, a second one cuts; SIGHUP looks at the configuration",
            "and opens log files anew. Exit code: 0 stopped, 1 failed or cut, 2 not valid."
        })
final class SidecarCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

    /** Heard at every level of the log: tools wait for it. */
    private static final Logger STARTS = LoggerFactory.getLogger("dev.outrider.start");

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--check", description = "say whether the configuration is valid, and stop")
    private boolean check;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = java.util.Objects.requireNonNull(spec).commandLine().getErr();
        ConfigDocument.Loaded<SidecarConfig> loaded = config.load(err);
        if (loaded == null) {
            return 2;
        }
        if (check) {
            spec.commandLine().getOut().println("valid: " + loaded.config().name());
            return 0;
        }
        LogLevels.ofProcess().apply(loaded.config().log());
        return run(config.path(), loaded);
    }

    private static int run(Path path, ConfigDocument.Loaded<SidecarConfig> loaded)
            throws Exception {
        StopSignal stop = new StopSignal();
        try (Sidecar sidecar = Sidecar.create(ConfigOption.reader(), path, loaded)) {
            Signals.on("HUP", () -> hangup(sidecar));
            sidecar.start(stop::ask);
            var _ = Thread.ofVirtual().name("ready").start(() -> announce(sidecar));
            stop.await();
            var _ = Thread.ofVirtual().name("cut").start(() -> cutWhenAsked(stop, sidecar));
            sidecar.drain();
        }
        return stop.wasCut() ? 1 : 0;
    }

    /** What SIGHUP means to every daemon. */
    private static void hangup(Sidecar sidecar) {
        LOG.info("SIGHUP: looking at the configuration, and opening log files anew");
        sidecar.reopenLogs();
        var _ = sidecar.reload();
    }

    private static void cutWhenAsked(StopSignal stop, Sidecar sidecar) {
        try {
            stop.awaitCut();
            LOG.warn("told to stop once more: cutting what is under way");
            sidecar.cut();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void announce(Sidecar sidecar) {
        try {
            while (!sidecar.ready()) {
                Thread.sleep(LOOK_AGAIN);
            }
            STARTS.info("ready in {} ms", ManagementFactory.getRuntimeMXBean().getUptime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
