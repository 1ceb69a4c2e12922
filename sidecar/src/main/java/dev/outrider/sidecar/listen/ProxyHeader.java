package dev.outrider.sidecar.listen;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol, versions 1 and 2
 * (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt). Pure. Stricter than it must be:
 * what a balancer writes has one form, and everything else is refused.
 */
final class ProxyHeader {
    private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final int V1_LONGEST = 107;
    private static final byte[] V2 = {
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
    };

    /** With its extensions, none of which is of use here. */
    private static final int V2_LONGEST = 4096;

    private static final String NUMBER = "0|[1-9][0-9]{0,4}";

    private ProxyHeader() {}

    /** How far the bytes lead. */
    sealed interface Result {}

    /** Bytes are missing. */
    record More() implements Result {}

    /**
     * The header is taken from the buffer.
     *
     * @param source where the client is; null if the sender speaks for itself or does not know
     */
    record Header(@Nullable InetSocketAddress source) implements Result {}

    record Malformed(String sentence) implements Result {}

    private static final Result MORE = new More();

    static Result read(ByteBuf in) {
        if (!in.isReadable()) {
            return MORE;
        }
        boolean second = in.getByte(in.readerIndex()) == V2[0];
        byte[] start = second ? V2 : V1;
        for (int i = 0; i < Math.min(start.length, in.readableBytes()); i++) {
            if (in.getByte(in.readerIndex() + i) != start[i]) {
                return new Malformed("it does not begin as a PROXY protocol header");
            }
        }
        if (in.readableBytes() < start.length) {
            return MORE;
        }
        return second ? second(in) : first(in);
    }

    private static Result first(ByteBuf in) {
        int longest = Math.min(in.readableBytes(), V1_LONGEST);
        int end = in.indexOf(in.readerIndex(), in.readerIndex() + longest, (byte) '\n');
        if (end < 0) {
            return longest < V1_LONGEST ? MORE : new Malformed("its line is too long");
        }
        String line =
                in.readCharSequence(end + 1 - in.readerIndex(), StandardCharsets.ISO_8859_1)
                        .toString();
        if (!line.endsWith("\r\n")) {
            return new Malformed("its line does not end with CR LF");
        }
        String[] words = line.substring(0, line.length() - 2).split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return new Header(null);
        }
        int size = words[1].equals("TCP4") ? 4 : words[1].equals("TCP6") ? 16 : 0;
        if (size == 0 || words.length != 6) {
            return new Malformed("its line is not of the form PROXY TCP4|TCP6 a b p q");
        }
        byte[] source = address(words[2], size);
        byte[] destination = address(words[3], size);
        int port = port(words[4]);
        if (source == null || destination == null || port < 0 || port(words[5]) < 0) {
            return new Malformed("an address or a port in it is none");
        }
        return header(source, port);
    }

    private static byte @Nullable [] address(String text, int size) {
        byte[] bytes =
                text.matches("[0-9a-fA-F:.]+")
                        ? NetUtil.createByteArrayFromIpAddressString(text)
                        : null;
        return bytes != null && bytes.length == size ? bytes : null;
    }

    private static int port(String text) {
        int port = text.matches(NUMBER) ? Integer.parseInt(text) : -1;
        return port <= 65535 ? port : -1;
    }

    private static Result second(ByteBuf in) {
        int at = in.readerIndex() + V2.length;
        if (in.readableBytes() < V2.length + 4) {
            return MORE;
        }
        int command = in.getUnsignedByte(at);
        int family = in.getUnsignedByte(at + 1);
        int length = in.getUnsignedShort(at + 2);
        if (command != 0x20 && command != 0x21) {
            return new Malformed("its version and command are " + Integer.toHexString(command));
        }
        if (length > V2_LONGEST) {
            return new Malformed("it is " + length + " bytes long");
        }
        boolean local = command == 0x20;
        int size =
                switch (family) {
                    case 0x11 -> 4; // TCP over IPv4
                    case 0x21 -> 16; // TCP over IPv6
                    case 0x00, 0x31 -> 0; // unknown, or a Unix socket
                    default -> -1;
                };
        if (!local && (size < 0 || size > 0 && length < 2 * size + 4)) {
            return new Malformed("it is not of TCP, or too short");
        }
        if (in.readableBytes() < V2.length + 4 + length) {
            return MORE;
        }
        in.skipBytes(V2.length + 4 + length);
        if (local || size == 0) {
            return new Header(null);
        }
        byte[] source = new byte[size];
        in.getBytes(at + 4, source);
        return header(source, in.getUnsignedShort(at + 4 + 2 * size));
    }

    private static Header header(byte[] address, int port) {
        try {
            return new Header(new InetSocketAddress(InetAddress.getByAddress(address), port));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " bytes", e);
        }
    }
}
