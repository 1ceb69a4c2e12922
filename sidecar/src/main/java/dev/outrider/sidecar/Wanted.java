package dev.outrider.sidecar;

import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.DnsConfig;
import dev.outrider.sidecar.forward.CalledServices;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.inbound.Inbound;
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
 */
record Wanted(
        Map<String, ServiceConfig> own,
        Map<String, ServiceConfig> services,
        Set<String> eager,
        DnsConfig dns) {

    static Wanted of(SidecarConfig config) {
        Map<String, ServiceConfig> own = new LinkedHashMap<>();
        if (config.inbound() != null) {
            own.put(Inbound.APP, Inbound.app(config.inbound()));
        }
        OutboundConfig outbound = config.outbound();
        CalledServices calls = config.calls();
        if (calls == null) {
            return new Wanted(own, Map.of(), own.keySet(), config.dns());
        }
        if (outbound != null && outbound.unknown() == OutboundConfig.Unknown.PASS) {
            own.put(Outbound.PASSTHROUGH, Outbound.passthrough(outbound));
        }
        Set<String> eager = new LinkedHashSet<>(own.keySet());
        calls.services().keySet().stream().limit(calls.eager()).forEach(eager::add);
        return new Wanted(own, calls.services(), eager, config.dns());
    }

    @Nullable ServiceConfig get(String name) {
        ServiceConfig service = services.get(name);
        return service == null ? own.get(name) : service;
    }

    /** All of them, in the order of the file. */
    Stream<String> names() {
        return Stream.concat(own.keySet().stream(), services.keySet().stream());
    }
}
