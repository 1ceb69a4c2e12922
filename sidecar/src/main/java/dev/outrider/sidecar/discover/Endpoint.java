package dev.outrider.sidecar.discover;

import org.jspecify.annotations.Nullable;

/**
 * One place a service runs at.
 *
 * @param host a name or an IP literal, without brackets
 * @param weight its share of the traffic against the others'
 * @param near whether it is to be called rather than those that are not
 * @param peer the SPIFFE id that answers there; null: that is not known
 */
public record Endpoint(
        String host,
        int port,
        int weight,
        @Nullable String zone,
        boolean near,
        @Nullable String peer) {
    public static final int MAX_WEIGHT = 10_000;

    public Endpoint {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("an endpoint needs a host, as in 10.0.0.7:8080");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be between 1 and 65535");
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight must be between 1 and " + MAX_WEIGHT);
        }
    }

    public Endpoint(String host, int port, int weight, @Nullable String zone) {
        this(host, port, weight, zone, true, null);
    }

    public Endpoint(String host, int port) {
        this(host, port, 1, null);
    }

    /** The same place, where that one answers. */
    Endpoint answeredBy(@Nullable String other) {
        return new Endpoint(host, port, weight, zone, near, other);
    }

    /** {@code host:port}, with brackets around an IPv6 literal. */
    public String address() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }

    /** Reads {@code host:port}; IPv6 literals stand in brackets. */
    static Endpoint parse(String address, int weight) {
        int colon = address.lastIndexOf(':');
        boolean bracketed = address.startsWith("[");
        if (colon < 1 || bracketed && address.charAt(colon - 1) != ']') {
            throw new IllegalArgumentException(
                    "expected host:port, as in 10.0.0.7:8080 or [fd00::7]:8080");
        }
        String host = bracketed ? address.substring(1, colon - 1) : address.substring(0, colon);
        if (!bracketed && host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "an IPv6 address needs brackets, as in [fd00::7]:8080");
        }
        int port;
        try {
            port = Integer.parseInt(address.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the port must be a number, as in 10.0.0.7:8080", e);
        }
        return new Endpoint(host, port, weight, null);
    }
}
