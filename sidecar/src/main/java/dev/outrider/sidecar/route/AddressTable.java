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
        Growing<T> growing = new Growing<>();
        addresses.forEach((target, ranges) -> ranges.forEach(range -> growing.add(range, target)));
        growing.networks.sort(Comparator.comparingInt(each -> -each.range.prefix()));
        return new AddressTable<>(growing.byAddressAndPort, growing.byAddress, growing.networks);
    }

    /** What a table is made of, address by address. */
    public static final class Growing<T> {
        private final Map<AddressRange, T> all = new HashMap<>();
        private final Map<InetSocketAddress, T> byAddressAndPort = new HashMap<>();
        private final Map<InetAddress, T> byAddress = new HashMap<>();
        private final List<Network<T>> networks = new ArrayList<>();

        /**
         * @throws IllegalArgumentException if another service has the address
         */
        public void add(AddressRange range, T target) {
            T other = all.putIfAbsent(range, target);
            if (other != null && !other.equals(target)) {
                throw new IllegalArgumentException(
                        "address " + range + " means both " + other + " and " + target);
            }
            if (range.port() != 0) {
                byAddressAndPort.put(new InetSocketAddress(range.network(), range.port()), target);
            } else if (range.prefix() == range.network().getAddress().length * 8) {
                byAddress.put(range.network(), target);
            } else {
                networks.add(new Network<>(range, target));
            }
        }
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
