package dev.outrider.sidecar.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each client has open, so that one cannot take them all. Of IPv6 a client is
 * a network of 64 bits, as for the limits, since hosts choose among the addresses in it. Holds none
 * without a connection, so it is bounded as those are. Any thread.
 */
final class ClientConnections {
    private final ConcurrentHashMap<Object, Integer> open = new ConcurrentHashMap<>();

    /** Counts one more; false, and nothing is counted, if that would be more than {@code most}. */
    boolean enter(InetAddress client, int most) {
        boolean[] entered = new boolean[1];
        open.compute(
                key(client),
                (_, count) -> {
                    int now = count == null ? 0 : count;
                    entered[0] = now < most;
                    return entered[0] ? Integer.valueOf(now + 1) : count;
                });
        return entered[0];
    }

    /** One that was counted has closed. */
    void leave(InetAddress client) {
        open.computeIfPresent(
                key(client), (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    private static Object key(InetAddress client) {
        return client instanceof Inet6Address
                ? Long.valueOf(ByteBuffer.wrap(client.getAddress()).getLong())
                : client;
    }

    int clients() {
        return open.size();
    }
}
