package dev.outrider.sidecar;

import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.forward.CalledServices;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.outbound.ClusterService;
import dev.outrider.sidecar.outbound.ClusterServicesConfig;
import dev.outrider.sidecar.outbound.Outbound;
import dev.outrider.sidecar.outbound.OutboundConfig;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The destinations a configuration knows, made or not.
 *
 * @param own what is no service: the local app, and wherever captured connections were going
 * @param services by name, in the order of the file
 * @param eager those that are made at once and stay: {@code own}, and the first services
 * @param unlisted how Services of the cluster are called that nobody listed; null: not at all
 */
record Wanted(
        Map<String, ServiceConfig> own,
        Map<String, ServiceConfig> services,
        Set<String> eager,
        @Nullable ClusterServicesConfig unlisted,
        Lookups lookups) {

    static Wanted of(SidecarConfig config, Cluster cluster) {
        Lookups lookups = new Lookups(config.dns(), cluster);
        Map<String, ServiceConfig> own = new LinkedHashMap<>();
        if (config.inbound() != null) {
            own.put(Inbound.APP, Inbound.app(config.inbound()));
        }
        OutboundConfig outbound = config.outbound();
        CalledServices calls = config.calls();
        if (calls == null) {
            return new Wanted(own, Map.of(), own.keySet(), null, lookups);
        }
        if (outbound != null && outbound.unknown() == OutboundConfig.Unknown.PASS) {
            own.put(Outbound.PASSTHROUGH, Outbound.passthrough(outbound));
        }
        Set<String> eager = new LinkedHashSet<>(own.keySet());
        calls.services().keySet().stream().limit(calls.eager()).forEach(eager::add);
        ClusterServicesConfig unlisted = outbound == null ? null : outbound.unlisted();
        return new Wanted(own, calls.services(), eager, unlisted, lookups);
    }

    @Nullable ServiceConfig get(String name) {
        ServiceConfig service = services.get(name);
        if (service == null) {
            service = own.get(name);
        }
        return service == null && unlisted != null ? cluster(name, unlisted) : service;
    }

    /** One that somebody has asked the cluster for; else any text that looks so would do. */
    private @Nullable ServiceConfig cluster(String name, ClusterServicesConfig how) {
        ClusterService service = ClusterService.parse(name, lookups.cluster());
        return service == null || !lookups.cluster().knows(service.name().service())
                ? null
                : how.service(service.name(), service.servicePort());
    }

    /** Whether it stands in the configuration, and not in the cluster alone. */
    boolean listed(String name) {
        return services.containsKey(name) || own.containsKey(name);
    }

    /** All of them, in the order of the file. */
    Stream<String> names() {
        return Stream.concat(own.keySet().stream(), services.keySet().stream());
    }
}
