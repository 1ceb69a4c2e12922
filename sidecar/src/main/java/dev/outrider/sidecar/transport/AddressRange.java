package dev.outrider.sidecar.transport;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Addresses that mean a destination: one with or without its port, or a network.
 *
 * @param network its first address
 * @param prefix how many leading bits must agree
 * @param port 0 for any
 */
public record AddressRange(InetAddress network, int prefix, int port) {
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    public static final Schema<AddressRange> SCHEMA =
            Schemas.scalar(
                    "ip, ip:port or CIDR",
                    Map.of("type", "string"),
                    new AddressRange(InetAddress.ofLiteral("10.96.0.10"), 32, 5432),
                    AddressRange::parse);

    public AddressRange {
        int bits = network.getAddress().length * 8;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException(
                    "the prefix length must be from 0 to " + bits + ", as in 10.96.0.0/12");
        }
        byte[] first = network.getAddress();
        if (!Arrays.equals(first, masked(first, prefix))) {
            throw new IllegalArgumentException(
                    "a network's address must be 0 behind its prefix, as in 10.96.0.0/12");
        }
    }

    /** Reads {@code 10.0.0.1}, {@code 10.0.0.1:5432}, {@code [fd00::1]:5432}, {@code fd00::/8}. */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        if (slash >= 0) {
            InetAddress network = literal(text.substring(0, slash), text);
            return new AddressRange(network, number(text.substring(slash + 1), text), 0);
        }
        boolean alone = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
        if (alone || text.indexOf(':') < 0) {
            InetAddress address = literal(text, text);
            return new AddressRange(address, address.getAddress().length * 8, 0);
        }
        IpPort one = IpPort.parse(text);
        return new AddressRange(one.address(), one.address().getAddress().length * 8, one.port());
    }

    public boolean contains(InetSocketAddress address) {
        return !address.isUnresolved()
                && (port == 0 || port == address.getPort())
                && contains(address.getAddress());
    }

    /** Whatever the port. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == network.getAddress().length
                && Arrays.equals(masked(bytes, prefix), network.getAddress());
    }

    private static byte[] masked(byte[] address, int prefix) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.clamp(prefix - i * 8L, 0, 8);
            masked[i] &= (byte) (0xff << 8 - kept);
        }
        return masked;
    }

    private static InetAddress literal(String address, String text) {
        try {
            // The library also takes the short forms of old, such as 10.1 for 10.0.0.1.
            if (address.indexOf(':') < 0 && !WHOLE.matcher(address).matches()) {
                throw new IllegalArgumentException("no whole IPv4 address");
            }
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw wrong(text, e);
        }
    }

    private static int number(String digits, String text) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw wrong(text, e);
        }
    }

    private static IllegalArgumentException wrong(String text, Exception cause) {
        return new IllegalArgumentException(
                "'" + text + "' is no address: write 10.96.0.10, 10.96.0.10:5432 or 10.96.0.0/12",
                cause);
    }

    @Override
    public String toString() {
        int bits = network.getAddress().length * 8;
        return port != 0
                ? new IpPort(network, port).toString()
                : network.getHostAddress() + (prefix < bits ? "/" + prefix : "");
    }
}
