package dev.outrider.sidecar.route;

import dev.outrider.sidecar.transport.AddressRange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Services by the addresses they are called at; the narrowest range wins. Immutable. */
public final class AddressTable<T> {
    private record Network<T>(AddressRange range, T target) {}

    private final Map<InetSocketAddress, T> byAddressAndPort;
    private final Map<InetAddress, T> byAddress;
    private final List<Network<T>> networks;

    private AddressTable(
            Map<InetSocketAddress, T> byAddressAndPort,
            Map<InetAddress, T> byAddress,
            List<Network<T>> networks) {
        this.byAddressAndPort = Map.copyOf(byAddressAndPort);
        this.byAddress = Map.copyOf(byAddress);
        this.networks = List.copyOf(networks);
    }

    /**
     * @throws IllegalArgumentException if two services have the same address
     */
    public static <T> AddressTable<T> of(Map<T, ? extends Iterable<AddressRange>> addresses) {
        Map<AddressRange, T> all = new HashMap<>();
        Map<InetSocketAddress, T> byAddressAndPort = new HashMap<>();
        Map<InetAddress, T> byAddress = new HashMap<>();
        List<Network<T>> networks = new ArrayList<>();
        addresses.forEach((target, ranges) -> {
            for (AddressRange range : ranges) {
                T other = all.put(range, target);
                if (other != null && !other.equals(target)) {
                    throw new IllegalArgumentException(
                            "address " + range + " means both " + other + " and " + target);
                }
                if (range.port() != 0) {
                    byAddressAndPort.put(
                            new InetSocketAddress(range.network(), range.port()), target);
                } else if (range.prefix() == range.network().getAddress().length * 8) {
                    byAddress.put(range.network(), target);
                } else {
                    networks.add(new Network<>(range, target));
                }
            }
        });
        networks.sort(Comparator.comparingInt(each -> -each.range.prefix()));
        return new AddressTable<>(byAddressAndPort, byAddress, networks);
    }

    /** Who is named by exactly that address. */
    public @Nullable T exactly(InetSocketAddress address) {
        T found = byAddressAndPort.get(address);
        return found != null || address.isUnresolved()
                ? found
                : byAddress.get(address.getAddress());
    }

    /** Whose network the address is in. */
    public @Nullable T around(InetSocketAddress address) {
        for (Network<T> network : networks) {
            if (network.range.contains(address)) {
                return network.target;
            }
        }
        return null;
    }
}
