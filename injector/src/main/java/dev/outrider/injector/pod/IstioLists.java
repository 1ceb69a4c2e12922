package dev.outrider.injector.pod;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Istio's lists of what is captured, of which one changes what another means; here each is a
 * restriction of its own. Afterwards those that are left mean what ours mean.
 */
final class IstioLists {
    static final String INBOUND = "traffic.sidecar.istio.io/includeInboundPorts";
    static final String NOT_INBOUND = "traffic.sidecar.istio.io/excludeInboundPorts";
    static final String RANGES = "traffic.sidecar.istio.io/includeOutboundIPRanges";
    static final String OUTBOUND = "traffic.sidecar.istio.io/includeOutboundPorts";

    private static final String ALL = "*";

    private IstioLists() {}

    /** A copy of the annotations. */
    static Map<String, String> settled(Map<String, String> annotations, List<String> warnings) {
        Map<String, String> settled = new LinkedHashMap<>(annotations);
        // Only what is included counts; ports are excluded from all of them alone.
        if (!settled.getOrDefault(INBOUND, ALL).strip().equals(ALL)) {
            settled.remove(NOT_INBOUND);
        }
        String ports = settled.getOrDefault(OUTBOUND, "").strip();
        String ranges = settled.getOrDefault(RANGES, ALL).strip();
        if (ports.isEmpty() || ranges.equals(ALL)) {
            // It adds nothing to everything.
            settled.remove(OUTBOUND);
        } else if (ranges.isEmpty()) {
            // These ports wherever they are, and nothing else.
            settled.remove(RANGES);
        } else {
            settled.remove(OUTBOUND);
            warnings.add(
                    "the annotation %s is not heeded: beside %s it adds to the ranges, which cannot be said here"
                            .formatted(OUTBOUND, RANGES));
        }
        return settled;
    }
}
