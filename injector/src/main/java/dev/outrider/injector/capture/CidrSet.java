package dev.outrider.injector.capture;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Ranges of both families, none within another, in the order they were given. */
public record CidrSet(List<Cidr> ranges) {
    static final CidrSet NONE = new CidrSet(List.of());

    public CidrSet {
        List<Cidr> apart = new ArrayList<>();
        for (Cidr range : ranges) {
            if (apart.stream().noneMatch(other -> other.contains(range))) {
                apart.removeIf(range::contains);
                apart.add(range);
            }
        }
        ranges = List.copyOf(apart);
    }

    public static CidrSet parse(String text) {
        return new CidrSet(Lists.split(text).map(Cidr::parse).toList());
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    boolean contains(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    List<Cidr> of(Family family) {
        return ranges.stream().filter(range -> range.family() == family).toList();
    }
}
