package dev.outrider.sidecar;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.ConfigLayers;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.observe.LogLevels;
import dev.outrider.sidecar.time.Background;
import dev.outrider.sidecar.time.Ticker;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that is a proxy, from its configuration to its exit code. On the main thread. */
final class ProxyProcess {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

    /** Heard at every level of the log: tools wait for it. */
    private static final Logger STARTS = LoggerFactory.getLogger("dev.outrider.start");

    private static final ConfigFile READER = new ConfigFile(System::getenv);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private ProxyProcess() {}

    /**
     * Runs until it is told to stop.
     *
     * @return 0 stopped, 1 cut, 2 the configuration is not valid and its errors were printed
     */
    static int run(ProxyArguments arguments, PrintWriter errors) throws Exception {
        ConfigDocument.Loaded<SidecarConfig> loaded = load(arguments.layers(), errors);
        if (loaded == null) {
            return 2;
        }
        LogLevels.ofProcess().apply(loaded.config().log());
        StopSignal stop = new StopSignal();
        try (Sidecar sidecar = Sidecar.create(READER, arguments.layers(), loaded)) {
            Signals.on("HUP", () -> hangup(sidecar));
            sidecar.start(stop::ask);
            var _ = Thread.ofVirtual().name("ready").start(() -> announce(sidecar));
            try (Background apps = appsEnd(arguments.apps(), sidecar, stop)) {
                apps.start();
                stop.await();
            }
            var _ = Thread.ofVirtual().name("cut").start(() -> cutWhenAsked(stop, sidecar));
            sidecar.drain();
        }
        return stop.wasCut() ? 1 : 0;
    }

    /** Ends the proxy after the apps of its pod, if it is to. */
    private static Background appsEnd(int apps, Sidecar sidecar, StopSignal stop) {
        PodProcesses processes = PodProcesses.ofThisPod();
        boolean watched = apps > 0 && processes.shared();
        if (apps > 0 && !watched) {
            LOG.warn(
                    "--until-apps-end: no app can be seen here, the pod needs"
                            + " shareProcessNamespace: true; running until told to stop");
        }
        AppsEnd watch =
                new AppsEnd(
                        processes::containers,
                        () -> sidecar.appsStarted().size(),
                        apps,
                        Ticker.system(),
                        () -> {
                            sidecar.appsHaveEnded();
                            stop.ask();
                        });
        return new Background("apps-end", watched ? watch : () -> AppsEnd.NEVER);
    }

    /** What stands in the layers, or null after its errors have been printed. */
    static ConfigDocument.@Nullable Loaded<SidecarConfig> load(
            ConfigLayers layers, PrintWriter errors) {
        return switch (READER.load(layers, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> loaded -> loaded;
            case ConfigDocument.Invalid<SidecarConfig> invalid -> {
                invalid.errors().forEach(errors::println);
                errors.flush();
                yield null;
            }
        };
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
