package dev.outrider.injector.capture;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A range of addresses; a single one has the family's full prefix. */
public record Cidr(InetAddress base, int prefix) {
    private static final String MEND =
            "write an address or a range such as 10.0.0.0/8 or fd00::/8, separated by commas";

    public Cidr {
        int bits = Family.of(base).bits();
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException(
                    "a prefix of " + prefix + " bits; " + Family.of(base) + " has 0 to " + bits);
        }
        byte[] masked = base.getAddress();
        clear(masked, prefix);
        if (!Arrays.equals(masked, base.getAddress())) {
            throw new IllegalArgumentException(
                    "'%s/%d' has bits set beyond its prefix; write %s/%d or %s/%d"
                            .formatted(
                                    base.getHostAddress(),
                                    prefix,
                                    address(masked).getHostAddress(),
                                    prefix,
                                    base.getHostAddress(),
                                    bits));
        }
    }

    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        InetAddress base = literal(slash < 0 ? text : text.substring(0, slash), text);
        if (slash < 0) {
            return new Cidr(base, Family.of(base).bits());
        }
        String prefix = text.substring(slash + 1);
        if (!prefix.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' has no prefix length; " + MEND);
        }
        return new Cidr(base, Integer.parseInt(prefix));
    }

    /** An address written out; never a name, so nothing is looked up. */
    private static InetAddress literal(String address, String whole) {
        boolean v4 = address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        boolean v6 = address.contains(":") && address.matches("[0-9a-fA-F:.]+");
        if (v4 || v6) {
            try {
                InetAddress parsed = InetAddress.getByName(address);
                // Java reads ::ffff:1.2.3.4 as IPv4; in a rule that would be another family.
                if (v4 || Family.of(parsed) == Family.IPV6) {
                    return parsed;
                }
            } catch (UnknownHostException e) {
                // An octet above 255, or a wrong count of groups: said below.
            }
        }
        throw new IllegalArgumentException("'" + whole + "' is no address range; " + MEND);
    }

    boolean contains(InetAddress address) {
        if (Family.of(address) != family()) {
            return false;
        }
        byte[] masked = address.getAddress();
        clear(masked, prefix);
        return Arrays.equals(masked, base.getAddress());
    }

    boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.base);
    }

    Family family() {
        return Family.of(base);
    }

    /** Some address in it that is not its first, unless it has only one. */
    InetAddress example() {
        byte[] bytes = base.getAddress();
        if (prefix < family().bits()) {
            bytes[bytes.length - 1] |= 1;
        }
        return address(bytes);
    }

    private static void clear(byte[] bytes, int keep) {
        for (int bit = keep; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >>> (bit % Byte.SIZE));
        }
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are an address", e);
        }
    }

    @Override
    public String toString() {
        return text(base) + "/" + prefix;
    }

    /** As the tools print it: IPv6 with its zeros folded. */
    static String text(InetAddress address) {
        return Family.of(address) == Family.IPV4
                ? address.getHostAddress()
                : address.getHostAddress().replaceFirst("%.*", "").replaceFirst(ZEROS, "::");
    }

    /** The first run of zero groups; which one is folded does not matter to any reader. */
    private static final String ZEROS = "(^|:)0(:0)+(:|$)";
}
