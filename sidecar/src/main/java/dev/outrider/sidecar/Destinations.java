package dev.outrider.sidecar;

import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.outbound.Outbound;
import dev.outrider.sidecar.outbound.OutboundConfig;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All destinations under one configuration: the local app, and the services it calls. */
final class Destinations {
    private final Map<String, Destination> byName;

    private Destinations(Map<String, Destination> byName) {
        this.byName = Collections.unmodifiableMap(byName);
    }

    /** Those that are configured the same are the same; the others take over what fits. */
    static Destinations fit(Base base, SidecarConfig config, @Nullable Destinations old) {
        Map<String, ServiceConfig> wanted = new LinkedHashMap<>();
        if (config.inbound() != null) {
            wanted.put(Inbound.APP, Inbound.app(config.inbound()));
        }
        if (config.outbound() != null) {
            wanted.putAll(config.outbound().services());
            if (config.outbound().unknown() == OutboundConfig.Unknown.PASS) {
                wanted.put(Outbound.PASSTHROUGH, Outbound.passthrough(config.outbound()));
            }
        }
        Map<String, Destination> next = new LinkedHashMap<>();
        wanted.forEach((name, each) -> {
            Destination before = old == null ? null : old.byName.get(name);
            if (before == null || before.differs(each)) {
                next.put(name, Destination.first(base, name, each, config.dns()));
            } else if (before.config().equals(each) && before.dns().equals(config.dns())) {
                next.put(name, before);
            } else {
                next.put(name, before.under(base, each, config.dns()));
            }
        });
        return new Destinations(next);
    }

    Collection<Destination> all() {
        return byName.values();
    }

    @Nullable Destination get(@Nullable String name) {
        return name == null ? null : byName.get(name);
    }

    Map<String, Service> services() {
        Map<String, Service> services = new LinkedHashMap<>();
        byName.forEach((name, each) -> services.put(name, each.service()));
        return services;
    }

    /** These come into use, and {@code old} leaves it. */
    void takeOver(@Nullable Destinations old) {
        byName.forEach((name, each) -> {
            Destination before = old == null ? null : old.byName.get(name);
            if (before == null) {
                each.startProbes();
            } else if (before.differs(each.config())) {
                before.close();
                each.startProbes();
            } else if (before.service() != each.service()) {
                before.replacedBy(each);
            }
        });
        if (old != null) {
            old.byName.forEach((name, each) -> {
                if (!byName.containsKey(name)) {
                    each.close();
                }
            });
        }
    }

    /** These never come into use. */
    void drop(@Nullable Destinations old) {
        byName.forEach((name, each) -> each.drop(old == null ? null : old.byName.get(name)));
    }

    void close() {
        byName.values().forEach(Destination::close);
    }
}
