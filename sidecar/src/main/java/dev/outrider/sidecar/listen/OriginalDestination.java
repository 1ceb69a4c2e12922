package dev.outrider.sidecar.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection was going before a REDIRECT rule of the kernel's NAT brought it here. Works
 * with Netty's native transports only. On the connection's loop; asks the kernel, never waits.
 */
final class OriginalDestination {
    /** linux/netfilter_ipv4.h: SOL_IP, SO_ORIGINAL_DST, a sockaddr_in. */
    private static final RawUnixChannelOption IPV4 =
            new RawUnixChannelOption("SO_ORIGINAL_DST", 0, 80, 16);

    /** linux/netfilter_ipv6/ip6_tables.h: SOL_IPV6, IP6T_SO_ORIGINAL_DST, a sockaddr_in6. */
    private static final RawUnixChannelOption IPV6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", 41, 80, 28);

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private OriginalDestination() {}

    /** Null if the connection was not redirected. */
    static @Nullable InetSocketAddress of(Channel connection) {
        InetSocketAddress local = (InetSocketAddress) connection.localAddress();
        // An IPv4 client of a dual-stack socket has an IPv4 address here, and IPv4's NAT entry.
        boolean ipv4 = local.getAddress() instanceof Inet4Address;
        InetSocketAddress original;
        try {
            ByteBuffer found = connection.config().getOption(ipv4 ? IPV4 : IPV6);
            original = found == null ? null : parse(found);
        } catch (ChannelException e) {
            return null; // ENOENT, ENOPROTOOPT: the kernel's NAT knows nothing of it
        }
        return local.equals(original) ? null : original;
    }

    /** A sockaddr_in or sockaddr_in6; the family is in the machine's byte order, the rest not. */
    static @Nullable InetSocketAddress parse(ByteBuffer sockaddr) {
        int family = Short.toUnsignedInt(sockaddr.order(ByteOrder.nativeOrder()).getShort(0));
        sockaddr.order(ByteOrder.BIG_ENDIAN);
        if (sockaddr.remaining() < (family == AF_INET6 ? 28 : 16)) {
            return null;
        }
        int port = Short.toUnsignedInt(sockaddr.getShort(2));
        return switch (family) {
            case AF_INET -> address(sockaddr, 4, 4, 0, port);
            case AF_INET6 -> {
                sockaddr.order(ByteOrder.nativeOrder());
                yield address(sockaddr, 8, 16, sockaddr.getInt(24), port);
            }
            default -> null;
        };
    }

    private static @Nullable InetSocketAddress address(
            ByteBuffer from, int at, int length, int scope, int port) {
        byte[] bytes = new byte[length];
        from.get(at, bytes);
        try {
            InetAddress address = InetAddress.getByAddress(bytes); // IPv4 if it is a mapped one
            return new InetSocketAddress(
                    scope > 0 && address instanceof Inet6Address
                            ? Inet6Address.getByAddress(null, bytes, scope)
                            : address,
                    port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + length + " bytes", e);
        }
    }
}
