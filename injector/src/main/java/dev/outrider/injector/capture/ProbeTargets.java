package dev.outrider.injector.capture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Where the probe connects to: addresses at which nobody is, and this machine's own. */
record ProbeTargets(CapturePlan plan, Family family) {
    /** Kept for documentation by RFC 5737 and RFC 3849, so nobody has them. */
    private static final List<String> NOWHERE =
            List.of("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1");

    private static final int[] USUAL_PORTS = {80, 8080, 443, 9};

    /** An address beyond this machine that the plan captures; empty when no packet gets out. */
    Optional<InetAddress> captured() throws SocketException {
        return first(this::capturedAddress);
    }

    /** One that only the included ranges leave out. */
    Optional<InetAddress> notIncluded() throws SocketException {
        return first(address ->
                !plan.includedRanges().isEmpty()
                        && !plan.includedRanges().contains(address)
                        && !plan.excludedRanges().contains(address));
    }

    private boolean capturedAddress(InetAddress address) {
        return !plan.excludedRanges().contains(address)
                && (plan.includedRanges().isEmpty() || plan.includedRanges().contains(address));
    }

    private Optional<InetAddress> first(Predicate<InetAddress> wanted) throws SocketException {
        List<InetAddress> candidates = new ArrayList<>();
        NOWHERE.forEach(text -> candidates.add(Cidr.parse(text).base()));
        plan.includedRanges().ranges().forEach(range -> candidates.add(range.example()));
        candidates.addAll(neighbours());
        for (InetAddress candidate : candidates) {
            if (Family.of(candidate) == family && wanted.test(candidate) && routed(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Addresses beside our own, for a network without a default route. */
    private List<InetAddress> neighbours() throws SocketException {
        List<InetAddress> beside = new ArrayList<>();
        for (InterfaceAddress own : addresses()) {
            if (own.getNetworkPrefixLength() <= family.bits() - 3) {
                beside.add(beside(own));
            }
        }
        return beside;
    }

    /** The last but one or two of the range: the first are often routers, the last is broadcast. */
    private static InetAddress beside(InterfaceAddress own) {
        byte[] bytes = own.getAddress().getAddress();
        for (int bit = own.getNetworkPrefixLength(); bit < bytes.length * Byte.SIZE - 1; bit++) {
            bytes[bit / Byte.SIZE] |= (byte) (0x80 >>> (bit % Byte.SIZE));
        }
        bytes[bytes.length - 1] &= (byte) ~1;
        if (Cidr.address(bytes).equals(own.getAddress())) {
            bytes[bytes.length - 1] ^= 3;
        }
        return Cidr.address(bytes);
    }

    /** An address of this machine that others could know it by. */
    Optional<InetAddress> own() throws SocketException {
        return addresses().stream().map(InterfaceAddress::getAddress).findFirst();
    }

    private List<InterfaceAddress> addresses() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .filter(ProbeTargets::carries)
                .filter(link -> !plan.excludedInterfaces().contains(link.getName()))
                .flatMap(link -> link.getInterfaceAddresses().stream())
                .filter(own -> Family.of(own.getAddress()) == family)
                .filter(own -> !own.getAddress().isLinkLocalAddress())
                .toList();
    }

    private static boolean carries(NetworkInterface link) {
        try {
            return link.isUp() && !link.isLoopback();
        } catch (SocketException e) {
            return false;
        }
    }

    /**
     * Whether the kernel knows a way there that leaves this machine by an interface that is not
     * excluded. Connecting a datagram socket only looks the way up; nothing is sent.
     */
    boolean routed(InetAddress address) {
        try (DatagramChannel channel = DatagramChannel.open(family.sockets())) {
            channel.connect(new InetSocketAddress(address, 9));
            InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
            NetworkInterface link = NetworkInterface.getByInetAddress(local.getAddress());
            return !local.getAddress().equals(address)
                    && link != null
                    && !link.isLoopback()
                    && !plan.excludedInterfaces().contains(link.getName());
        } catch (IOException e) {
            return false;
        }
    }

    /** A usual port that passes, else an included one, else any. */
    static Optional<Integer> port(PortSet included, IntPredicate wanted) {
        return Stream.of(
                        IntStream.of(USUAL_PORTS),
                        included.ranges().stream().mapToInt(PortRange::first),
                        IntStream.rangeClosed(1, 65_535))
                .flatMapToInt(ports -> ports)
                .filter(wanted)
                .boxed()
                .findFirst();
    }
}
