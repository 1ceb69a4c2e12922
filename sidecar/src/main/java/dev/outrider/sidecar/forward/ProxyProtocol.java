package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.TcpConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which version of the PROXY protocol tells a server whom it is really talking to (HAProxy's
 * proxy-protocol.txt, sections 2.1 and 2.2).
 */
public enum ProxyProtocol {
    OFF,
    V1,
    V2;

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final int VERSION_2_PROXY = 0x21;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int UNSPECIFIED = 0;

    /**
     * What goes before the first byte; null for nothing. The addresses are the client's and where
     * it wanted to go, which is {@code server} if it was not captured.
     */
    @Nullable ByteBuf header(
            TcpConnection connection, InetSocketAddress server, ByteBufAllocator allocator) {
        InetSocketAddress source = connection.peer().address();
        InetSocketAddress wanted = connection.destination();
        InetSocketAddress destination = wanted == null ? server : wanted;
        return switch (this) {
            case OFF -> null;
            case V1 -> v1(source, destination, allocator);
            case V2 -> v2(source, destination, allocator);
        };
    }

    private static ByteBuf v1(
            InetSocketAddress source, InetSocketAddress destination, ByteBufAllocator allocator) {
        byte[] from = bytes(source);
        byte[] to = bytes(destination);
        if (from.length == 0 || from.length != to.length) {
            return ByteBufUtil.writeAscii(allocator, "PROXY UNKNOWN\r\n");
        }
        String text =
                "PROXY %s %s %s %d %d\r\n"
                        .formatted(
                                from.length == 4 ? "TCP4" : "TCP6",
                                literal(source),
                                literal(destination),
                                source.getPort(),
                                destination.getPort());
        return ByteBufUtil.writeAscii(allocator, text);
    }

    private static ByteBuf v2(
            InetSocketAddress source, InetSocketAddress destination, ByteBufAllocator allocator) {
        byte[] from = bytes(source);
        byte[] to = bytes(destination);
        boolean known = from.length > 0 && from.length == to.length;
        int length = known ? 2 * from.length + 4 : 0;
        ByteBuf header = allocator.ioBuffer(16 + length);
        header.writeBytes(ByteBufUtil.decodeHexDump(SIGNATURE));
        header.writeByte(VERSION_2_PROXY);
        int family = from.length == 4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6;
        header.writeByte(known ? family : UNSPECIFIED);
        header.writeShort(length);
        if (known) {
            header.writeBytes(from).writeBytes(to);
            header.writeShort(source.getPort()).writeShort(destination.getPort());
        }
        return header;
    }

    private static byte[] bytes(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        return ip == null ? new byte[0] : ip.getAddress();
    }

    /** Without the scope of a link-local address, which the format does not know. */
    private static String literal(InetSocketAddress address) {
        String text = address.getAddress().getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }
}
