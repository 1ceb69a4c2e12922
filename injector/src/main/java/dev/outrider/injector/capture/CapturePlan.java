package dev.outrider.injector.capture;

import java.net.InetAddress;
import java.util.List;

/**
 * What is to be captured. Of outbound connections those that pass every restriction given: port,
 * address range, interface, owner.
 */
record CapturePlan(
        int outboundPort,
        int inboundPort,
        Owners owners,
        PortChoice inbound,
        PortChoice outbound,
        CidrSet includedRanges,
        CidrSet excludedRanges,
        List<String> excludedInterfaces) {

    /**
     * The proxy's own doors, for probes and operators: admin, merged metrics, readiness, metrics.
     */
    static final PortSet OWN_PORTS = PortSet.parse("15000,15020,15021,15090");

    CapturePlan {
        excludedInterfaces = List.copyOf(excludedInterfaces);
        PortRange.of(outboundPort);
        PortRange.of(inboundPort);
        if (outboundPort == inboundPort) {
            throw new IllegalArgumentException(
                    "--outbound-port and --inbound-port are both %d; the proxy tells the directions"
                                    .formatted(outboundPort)
                            + " apart by the port, so choose another for one of them");
        }
        for (int port : new int[] {outboundPort, inboundPort}) {
            if (OWN_PORTS.contains(port)) {
                throw new IllegalArgumentException(
                        "port %d is kept for probes and operators and never captured; choose another"
                                .formatted(port));
            }
        }
        for (String name : excludedInterfaces) {
            checkInterface(name);
        }
    }

    private static void checkInterface(String name) {
        // IFNAMSIZ is 16 with its end; the characters keep names out of any tool's own syntax.
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}")) {
            throw new IllegalArgumentException(
                    "--exclude-interfaces '%s' is no interface's name; write names such as eth1,net0"
                            .formatted(name));
        }
    }

    boolean capturesInbound(int port) {
        return !OWN_PORTS.contains(port) && inbound.captures(port);
    }

    /** Whether a connection of the app to there is captured, if it does not leave by loopback. */
    boolean capturesOutbound(InetAddress address, int port) {
        return outbound.captures(port)
                && !excludedRanges.contains(address)
                && (includedRanges.isEmpty() || includedRanges.contains(address));
    }
}
