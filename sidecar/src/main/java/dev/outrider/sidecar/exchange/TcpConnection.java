package dev.outrider.sidecar.exchange;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One connection whose bytes are passed through unread.
 *
 * @param direction whether it came from the local app or from another workload
 * @param peer who opened it
 * @param destination where it was going before it was captured; null if it was not
 * @param serverName the name a TLS client asked for (SNI), if the app itself speaks TLS; else null
 */
public record TcpConnection(
        Direction direction,
        Peer peer,
        @Nullable InetSocketAddress destination,
        @Nullable String serverName) {}
