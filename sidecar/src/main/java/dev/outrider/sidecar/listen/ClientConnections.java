package dev.outrider.sidecar.listen;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each address has open, so that one client cannot take them all. Holds no
 * address without a connection, so it is bounded as those are. Any thread.
 */
final class ClientConnections {
    private final ConcurrentHashMap<InetAddress, Integer> open = new ConcurrentHashMap<>();

    /** Counts one more; false, and nothing is counted, if that would be more than {@code most}. */
    boolean enter(InetAddress client, int most) {
        boolean[] entered = new boolean[1];
        open.compute(
                client,
                (_, count) -> {
                    int now = count == null ? 0 : count;
                    entered[0] = now < most;
                    return entered[0] ? Integer.valueOf(now + 1) : count;
                });
        return entered[0];
    }

    /** One that was counted has closed. */
    void leave(InetAddress client) {
        open.computeIfPresent(client, (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    int clients() {
        return open.size();
    }
}
