package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.transport.AddressRange;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.TreeMap;

/**
 * A set of networks of any number: for each prefix length that occurs a sorted array, so a look-up
 * costs a few binary searches and leaves no garbage to speak of. An IPv4 address is looked up as
 * one only, which Java has made sure of. Immutable.
 */
final class Networks {
    private final Prefix[] ipv4;
    private final Prefix[] ipv6;

    /** All networks with so many leading bits, as pairs of the address's halves. */
    private record Prefix(long highMask, long lowMask, long[] high, long[] low) {
        boolean contains(long addressHigh, long addressLow) {
            long wantedHigh = addressHigh & highMask;
            long wantedLow = addressLow & lowMask;
            int from = Arrays.binarySearch(high, wantedHigh);
            if (from < 0) {
                return false;
            }
            while (from > 0 && high[from - 1] == wantedHigh) {
                from--;
            }
            for (int i = from; i < high.length && high[i] == wantedHigh; i++) {
                if (low[i] == wantedLow) {
                    return true;
                }
            }
            return false;
        }
    }

    Networks(Collection<AddressRange> ranges) {
        ipv4 = prefixes(ranges, true);
        ipv6 = prefixes(ranges, false);
    }

    private static Prefix[] prefixes(Collection<AddressRange> ranges, boolean four) {
        TreeMap<Integer, TreeMap<Long, TreeMap<Long, Boolean>>> found = new TreeMap<>();
        for (AddressRange range : ranges) {
            byte[] bytes = range.network().getAddress();
            if (range.network() instanceof Inet4Address == four) {
                found.computeIfAbsent(range.prefix(), _ -> new TreeMap<>())
                        .computeIfAbsent(high(bytes), _ -> new TreeMap<>())
                        .put(low(bytes), true);
            }
        }
        return found.entrySet().stream()
                .map(each -> prefix(each.getKey(), each.getValue()))
                .toArray(Prefix[]::new);
    }

    private static Prefix prefix(int bits, TreeMap<Long, TreeMap<Long, Boolean>> networks) {
        int size = networks.values().stream().mapToInt(TreeMap::size).sum();
        long[] high = new long[size];
        long[] low = new long[size];
        int i = 0;
        for (var each : networks.entrySet()) {
            for (long half : each.getValue().keySet()) {
                high[i] = each.getKey();
                low[i++] = half;
            }
        }
        return new Prefix(mask(bits), mask(bits - 64), high, low);
    }

    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << 64 - bits;
    }

    /** The first eight bytes; of IPv4 its four. */
    private static long high(byte[] address) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (i < address.length ? address[i] & 0xff : 0);
        }
        return value;
    }

    private static long low(byte[] address) {
        long value = 0;
        for (int i = 8; i < address.length; i++) {
            value = value << 8 | address[i] & 0xff;
        }
        return value;
    }

    boolean isEmpty() {
        return ipv4.length == 0 && ipv6.length == 0;
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        long high = high(bytes);
        long low = low(bytes);
        for (Prefix each : address instanceof Inet4Address ? ipv4 : ipv6) {
            if (each.contains(high, low)) {
                return true;
            }
        }
        return false;
    }
}
