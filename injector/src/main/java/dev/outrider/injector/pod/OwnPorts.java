package dev.outrider.injector.pod;

import java.util.Set;

/** Ports on which the proxy listens in the pod. */
final class OwnPorts {
    /** For operators, on loopback. */
    static final int ADMIN = 15_000;

    private OwnPorts() {}

    static Set<Integer> of(InjectionConfig config) {
        return Set.of(
                ADMIN, config.ports().outbound(), config.ports().inbound(), config.ports().pod());
    }
}
