package dev.outrider.sidecar.auth.edge;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One element that a proxy has added about whom it got the request from.
 *
 * @param address null if the element does not name one that can be read
 * @param proto {@code http} or {@code https}, null if it does not say
 * @param host null if it does not say
 */
record Hop(@Nullable InetAddress address, @Nullable String proto, @Nullable String host) {
    private static final int LONGEST_LITERAL = 45;

    /** An element of {@code X-Forwarded-For}. */
    static Hop ofAddress(String text) {
        return new Hop(node(text.strip()), null, null);
    }

    /** An element of {@code Forwarded}: pairs with semicolons between (RFC 7239, section 4). */
    static Hop ofPairs(String element) {
        InetAddress address = null;
        String proto = null;
        String host = null;
        int at = 0;
        while (at <= element.length()) {
            int end = Elements.next(element, at, ';');
            String pair = element.substring(at, end).strip();
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String value = unquoted(pair.substring(equals + 1));
                switch (pair.substring(0, equals).toLowerCase(Locale.ROOT)) {
                    case "for" -> address = node(value);
                    case "proto" -> proto = value.toLowerCase(Locale.ROOT);
                    case "host" -> host = value;
                    default -> {}
                }
            }
            at = end + 1;
        }
        return new Hop(address, proto, host);
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        // Nothing that is looked at holds a quote or a backslash, so one left in fails later.
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** An address, perhaps with a port, and in brackets if it is of IPv6. */
    private static @Nullable InetAddress node(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 || !isPort(text.substring(end + 1))
                    ? null
                    : literal(text.substring(1, end));
        }
        int colon = text.indexOf(':');
        boolean one = colon >= 0 && text.indexOf(':', colon + 1) < 0;
        if (!one) {
            return literal(text);
        }
        return isPort(text.substring(colon)) ? literal(text.substring(0, colon)) : null;
    }

    private static boolean isPort(String text) {
        return text.isEmpty() || text.matches(":[0-9]{1,5}");
    }

    /**
     * An address in its plain form, null for all else. None of the short, octal or scoped forms
     * that some readers take for another address; an IPv4 address mapped into IPv6 is that IPv4
     * address.
     */
    private static @Nullable InetAddress literal(String text) {
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
}
