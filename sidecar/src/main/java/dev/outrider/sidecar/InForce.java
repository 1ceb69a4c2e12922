package dev.outrider.sidecar;

import dev.outrider.sidecar.config.ConfigText;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.forward.CalledServices;
import dev.outrider.sidecar.forward.Forwarder;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.outbound.OutboundConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that holds under one configuration: an immutable snapshot. An exchange runs to its end under
 * the one it began with.
 *
 * @param file the configuration as it stands in the file, for operators to look at
 * @param guards null without inbound
 * @param door null but for an edge
 * @param tokens null if no service is called
 */
record InForce(
        SidecarConfig config,
        ConfigText file,
        Flights flights,
        Telemetry telemetry,
        Cluster cluster,
        @Nullable Guards guards,
        @Nullable OwnTokens tokens,
        Destinations destinations,
        Forwarder forwarder,
        @Nullable Way inbound,
        @Nullable Way outbound,
        @Nullable EdgeDoor door,
        @Nullable Way edge) {

    /** Whether Services of a cluster may be called. */
    boolean inCluster() {
        OutboundConfig out = config.outbound();
        CalledServices calls = config.calls();
        return out != null && out.kubernetes() != null
                || calls != null
                        && calls.services().values().stream()
                                .map(ServiceConfig::endpoints)
                                .anyMatch(it -> it != null && it.kubernetes() != null);
    }

    /** What runs in the background, apart from destinations; the logs first. */
    List<AutoCloseable> parts() {
        List<AutoCloseable> parts = new ArrayList<>(telemetry.parts());
        parts.add(cluster);
        if (guards != null) {
            parts.addAll(guards.parts());
        }
        if (tokens != null) {
            parts.add(tokens.tokens());
        }
        if (door != null) {
            parts.addAll(door.parts());
        }
        return parts;
    }
}
