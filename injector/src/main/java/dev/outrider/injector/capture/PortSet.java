package dev.outrider.injector.capture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Ports, sorted and with what touches joined. */
public record PortSet(List<PortRange> ranges) {
    public static final PortSet NONE = new PortSet(List.of());

    public PortSet {
        List<PortRange> joined = new ArrayList<>();
        for (PortRange range :
                ranges.stream().sorted(Comparator.comparingInt(PortRange::first)).toList()) {
            if (!joined.isEmpty() && joined.getLast().touches(range)) {
                joined.add(joined.removeLast().with(range));
            } else {
                joined.add(range);
            }
        }
        ranges = List.copyOf(joined);
    }

    public static PortSet parse(String text) {
        return new PortSet(Lists.split(text).map(PortRange::parse).toList());
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    public boolean contains(int port) {
        return ranges.stream().anyMatch(range -> range.contains(port));
    }
}
