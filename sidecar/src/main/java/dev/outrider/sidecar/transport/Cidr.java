package dev.outrider.sidecar.transport;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network of IP addresses.
 *
 * @param network its first address
 * @param prefix how many leading bits must agree
 */
public record Cidr(InetAddress network, int prefix) {
    private static final int LONGEST_LITERAL = 45;

    public static final Schema<Cidr> SCHEMA =
            Schemas.scalar(
                    "ip or CIDR",
                    Map.of("type", "string"),
                    new Cidr(InetAddress.ofLiteral("10.0.0.0"), 8),
                    Cidr::parse);

    public Cidr {
        byte[] first = network.getAddress();
        if (prefix < 0 || prefix > first.length * 8) {
            throw new IllegalArgumentException(
                    "the prefix length must be from 0 to "
                            + first.length * 8
                            + ", as in 10.0.0.0/8");
        }
        for (int bit = prefix; bit < first.length * 8; bit++) {
            if ((first[bit / 8] >> 7 - bit % 8 & 1) != 0) {
                throw new IllegalArgumentException(
                        "a network's address must be 0 behind its prefix, as in 10.0.0.0/8");
            }
        }
    }

    /** Reads {@code 10.0.0.0/8}, {@code fd00::/8}, {@code 192.0.2.1} and {@code 2001:db8::1}. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = literal(slash < 0 ? text : text.substring(0, slash));
        if (address == null || slash >= 0 && !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no network: write 10.0.0.0/8, fd00::/8 or 192.0.2.1");
        }
        return new Cidr(
                address,
                slash < 0
                        ? address.getAddress().length * 8
                        : Integer.parseInt(text.substring(slash + 1)));
    }

    /**
     * An address in its plain form, null for all else. None of the short, octal or scoped forms
     * that some readers take for another address; an IPv4 address mapped into IPv6 is that IPv4
     * address.
     */
    public static @Nullable InetAddress literal(String text) {
        if (text.isEmpty() || text.length() > LONGEST_LITERAL || !isPlain(text)) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isPlain(String text) {
        boolean six = text.indexOf(':') >= 0;
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean starts = i == 0 || text.charAt(i - 1) == '.';
            boolean goesOn = i + 1 < text.length() && digit(text.charAt(i + 1));
            if (!six && c == '0' && starts && goesOn) {
                return false;
            }
            dots += c == '.' ? 1 : 0;
            if (!digit(c) && c != '.' && !(six && (c == ':' || Character.digit(c, 16) >= 0))) {
                return false;
            }
        }
        return six || dots == 3;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        byte[] first = network.getAddress();
        if (bytes.length != first.length) {
            return false;
        }
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != first[i]) {
                return false;
            }
        }
        int rest = prefix % 8;
        return rest == 0 || ((bytes[whole] ^ first[whole]) & 0xff) >> 8 - rest == 0;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefix;
    }
}
