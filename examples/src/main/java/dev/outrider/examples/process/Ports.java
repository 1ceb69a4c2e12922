package dev.outrider.examples.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Consecutive loopback ports by name. They lie below the range from which Linux takes the ports of
 * outgoing connections: one of those could otherwise be given the port of a server that is just
 * being started again.
 */
public record Ports(Map<String, Integer> byName) {
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 200;

    public Ports {
        byName = Map.copyOf(byName);
    }

    public int of(String name) {
        Integer port = byName.get(name);
        if (port == null) {
            throw new IllegalArgumentException("no port is named " + name);
        }
        return port;
    }

    /** Ports from {@code base} on; the exception names the first that is taken. */
    public static Ports from(int base, List<String> names) throws TakenException {
        if (base < 1024 || base + names.size() > 65_536) {
            throw new TakenException(
                    "ports "
                            + base
                            + " to "
                            + (base + names.size() - 1)
                            + " are not all between 1024 and 65535");
        }
        Map<String, Integer> byName = new LinkedHashMap<>();
        for (String name : names) {
            int port = base + byName.size();
            if (!free(port)) {
                throw new TakenException(
                        "port %d (for %s) is taken by another program; `ss -ltnp 'sport = :%d'` tells which"
                                .formatted(port, name, port));
            }
            byName.put(name, port);
        }
        return new Ports(byName);
    }

    /** A block of free ports somewhere. */
    public static Ports anywhere(RandomGenerator random, List<String> names) throws TakenException {
        Optional<TakenException> last = Optional.empty();
        for (int i = 0; i < TRIES; i++) {
            try {
                return from(random.nextInt(LOWEST, HIGHEST - names.size()), names);
            } catch (TakenException e) {
                last = Optional.of(e);
            }
        }
        throw last.orElseThrow();
    }

    private static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A port that was asked for is not to be had. */
    public static final class TakenException extends Exception {
        private static final long serialVersionUID = 1;

        TakenException(String message) {
            super(message);
        }
    }
}
