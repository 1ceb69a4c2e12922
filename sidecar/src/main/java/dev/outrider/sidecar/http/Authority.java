package dev.outrider.sidecar.http;

/** What may stand in {@code Host} and {@code :authority} (RFC 9110, section 7.2). */
public final class Authority {
    private static final int LONGEST = 255 + 6;

    private Authority() {}

    /** A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port. */
    public static boolean isValid(String authority) {
        int length = authority.length();
        boolean bracket = authority.startsWith("[");
        int end = bracket ? bracketEnd(authority) : 0;
        while (!bracket && end < length && isHostCharacter(authority.charAt(end))) {
            end++;
        }
        return end > 0 && length <= LONGEST && isPort(authority, end);
    }

    /** A valid one without its port. */
    public static String host(String authority) {
        int colon = portColon(authority);
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    /** The port of a valid one; {@code otherwise} if it names none. */
    public static int port(String authority, int otherwise) {
        int colon = portColon(authority);
        return colon < 0 || colon == authority.length() - 1
                ? otherwise
                : Integer.parseInt(authority, colon + 1, authority.length(), 10);
    }

    private static int portColon(String authority) {
        int colon = authority.lastIndexOf(':');
        return authority.endsWith("]") ? -1 : colon;
    }

    /** Behind the closing bracket, or 0 if there is no IPv6 address before it. */
    private static int bracketEnd(String authority) {
        int end = authority.indexOf(']');
        for (int i = 1; i < end; i++) {
            char c = authority.charAt(i);
            if (c != ':' && c != '.' && Character.digit(c, 16) < 0) {
                return 0;
            }
        }
        return end < 2 ? 0 : end + 1;
    }

    private static boolean isHostCharacter(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || ".-_~".indexOf(c) >= 0;
    }

    /** Whether nothing stands there, or a colon and a number that is a port. */
    private static boolean isPort(String authority, int start) {
        int port = 0;
        for (int i = start; i < authority.length(); i++) {
            char c = authority.charAt(i);
            boolean good = i == start ? c == ':' : c >= '0' && c <= '9' && port <= 6553;
            if (!good) {
                return false;
            }
            port = i == start ? 0 : port * 10 + (c - '0');
        }
        return port <= 65535;
    }
}
