package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.aside.MetricsView;
import dev.outrider.sidecar.aside.Readiness;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that the admin port sees of the sidecar. Each function gives a snapshot, may be called from
 * several threads at once, and must not wait for the data path.
 *
 * @param live whether the process is worth keeping
 * @param kubernetes empty where no cluster is asked
 * @param edge null for a sidecar
 * @param configDump maps, lists and scalars, with secrets already hidden
 */
public record AdminViews(
        BooleanSupplier live,
        Supplier<Readiness> ready,
        MetricsView metrics,
        Supplier<Object> configDump,
        Supplier<ServicesView> clusters,
        Supplier<KubernetesView> kubernetes,
        Supplier<List<ListenerView>> listeners,
        Supplier<List<CertificateView>> certificates,
        Supplier<ServerInfo> serverInfo,
        BreakerSwitches breakers,
        LogLevels logLevels,
        Lifecycle lifecycle,
        @Nullable EdgeView edge) {}
