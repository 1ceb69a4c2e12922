package dev.outrider.sidecar.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS client says in the clear (RFC 8446, section 4.1.2).
 *
 * @param serverName the name it asks for, in lower case; null if it asks for none
 * @param protocols what it offers by ALPN, the preferred one first
 */
record ClientHello(@Nullable String serverName, List<String> protocols) {
    /** Something in it is not as it must be; its server will say so. */
    static final ClientHello UNREADABLE = new ClientHello(null, List.of());

    /** Longer ones are left to their server; with post-quantum keys they take about 2 KiB. */
    static final int LONGEST = 16 * 1024;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;

    /** Reads without taking; null while bytes are missing. */
    static @Nullable ClientHello read(ByteBuf in) {
        boolean tooLong = in.readableBytes() > LONGEST;
        ByteBuffer message = message(ByteBuffer.wrap(ByteBufUtil.getBytes(in)));
        if (message == null) {
            return tooLong ? UNREADABLE : null;
        }
        try {
            return parse(message);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return UNREADABLE;
        }
    }

    /** The handshake message, which may be spread over several records; empty if it is none. */
    private static @Nullable ByteBuffer message(ByteBuffer in) {
        ByteBuffer message = ByteBuffer.allocate(in.remaining());
        while (in.remaining() >= 5) {
            int type = in.get();
            in.getShort();
            int length = Short.toUnsignedInt(in.getShort());
            if (type != HANDSHAKE || length == 0) {
                return ByteBuffer.allocate(0);
            }
            if (in.remaining() < length) {
                return null;
            }
            message.put(in.slice(in.position(), length));
            in.position(in.position() + length);
            if (message.position() >= 4
                    && message.position() >= 4 + (message.getInt(0) & 0xFFFFFF)) {
                return message.flip();
            }
        }
        return null;
    }

    private static ClientHello parse(ByteBuffer message) {
        int head = message.getInt();
        if (head >>> 24 != CLIENT_HELLO) {
            return UNREADABLE;
        }
        ByteBuffer hello = part(message, head & 0xFFFFFF);
        var _ = part(hello, 2 + 32); // version and random
        var _ = part(hello, Byte.toUnsignedInt(hello.get())); // session id
        var _ = part16(hello); // cipher suites
        var _ = part(hello, Byte.toUnsignedInt(hello.get())); // compression methods
        String serverName = null;
        List<String> protocols = List.of();
        ByteBuffer extensions = hello.hasRemaining() ? part16(hello) : hello;
        while (extensions.hasRemaining()) {
            int type = Short.toUnsignedInt(extensions.getShort());
            ByteBuffer body = part16(extensions);
            if (type == SERVER_NAME) {
                serverName = serverName(body);
            } else if (type == ALPN) {
                protocols = protocols(body);
            }
        }
        return new ClientHello(serverName, protocols);
    }

    /** RFC 6066, section 3. A name that is no host name is nothing to route by. */
    private static @Nullable String serverName(ByteBuffer body) {
        ByteBuffer list = part16(body);
        while (list.hasRemaining()) {
            int type = list.get();
            String name = text(part16(list)).toLowerCase(Locale.ROOT);
            if (type == 0) {
                return name.matches("[a-z0-9_.-]{1,253}") ? name : null;
            }
        }
        return null;
    }

    /** RFC 7301, section 3.1. */
    private static List<String> protocols(ByteBuffer body) {
        ByteBuffer list = part16(body);
        List<String> protocols = new ArrayList<>();
        while (list.hasRemaining()) {
            protocols.add(text(part(list, Byte.toUnsignedInt(list.get()))));
        }
        return List.copyOf(protocols);
    }

    private static String text(ByteBuffer part) {
        return StandardCharsets.ISO_8859_1.decode(part).toString();
    }

    private static ByteBuffer part16(ByteBuffer in) {
        return part(in, Short.toUnsignedInt(in.getShort()));
    }

    private static ByteBuffer part(ByteBuffer in, int length) {
        if (in.remaining() < length) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = in.slice(in.position(), length);
        in.position(in.position() + length);
        return part;
    }
}
