package dev.outrider.injector.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;

/**
 * A listening socket on every address of one family that can say where an accepted connection was
 * going before it was redirected. Confined to one thread.
 */
final class CapturePort implements AutoCloseable {
    private static final int STREAM_CLOSED_ON_EXEC = 1 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;

    /** IP6T_SO_ORIGINAL_DST has the same number. */
    private static final int SO_ORIGINAL_DST = 80;

    private static final short POLLIN = 1;
    private static final int BACKLOG = 16;

    private final Family family;
    private final int socket;
    private final Arena memory = Arena.ofConfined();

    private CapturePort(Family family, int socket) {
        this.family = family;
        this.socket = socket;
    }

    /** A connection that arrived, closed again; only what is known of it is left. */
    record Arrival(InetSocketAddress peer, InetSocketAddress originalDestination) {}

    /** Empty when another program has the port. */
    static Optional<CapturePort> listen(Family family, int port) throws IOException {
        CapturePort opened =
                new CapturePort(family, Libc.socket(number(family), STREAM_CLOSED_ON_EXEC));
        try {
            opened.set(SOL_SOCKET, SO_REUSEADDR);
            if (family == Family.IPV6) {
                opened.set(SOL_IPV6, IPV6_V6ONLY);
            }
            Libc.bind(opened.socket, opened.anyAddress(port));
            Libc.listen(opened.socket, BACKLOG);
            return Optional.of(opened);
        } catch (Libc.CallException e) {
            opened.close();
            if (e.errno() == Libc.EADDRINUSE) {
                return Optional.empty();
            }
            throw new IOException("port " + port + " cannot be listened on: " + e.getMessage(), e);
        }
    }

    /** The next connection, or nothing when none comes in time. */
    Optional<Arrival> accept(Duration longest) throws IOException {
        MemorySegment polled = memory.allocate(JAVA_INT.byteSize() * 2, JAVA_INT.byteAlignment());
        polled.set(JAVA_INT, 0, socket);
        polled.set(JAVA_SHORT, JAVA_INT.byteSize(), POLLIN);
        if (Libc.poll(polled, (int) longest.toMillis()) == 0) {
            return Optional.empty();
        }
        MemorySegment peer = memory.allocate(addressSize(), Long.BYTES);
        int connection = Libc.accept(socket, peer, size());
        try {
            MemorySegment target = memory.allocate(addressSize(), Long.BYTES);
            Libc.getOption(connection, level(), SO_ORIGINAL_DST, target, size());
            return Optional.of(new Arrival(address(peer), address(target)));
        } finally {
            Libc.close(connection);
        }
    }

    @Override
    public void close() throws IOException {
        memory.close();
        Libc.close(socket);
    }

    private void set(int level, int option) throws IOException {
        Libc.setOption(socket, level, option, memory.allocateFrom(JAVA_INT, 1));
    }

    /** A struct sockaddr of the family: number, port in network order, then the address. */
    private MemorySegment anyAddress(int port) {
        MemorySegment address = memory.allocate(addressSize(), Long.BYTES);
        ByteBuffer bytes = address.asByteBuffer().order(ByteOrder.nativeOrder());
        bytes.putShort((short) number(family));
        bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) port);
        return address;
    }

    private InetSocketAddress address(MemorySegment segment) {
        ByteBuffer bytes = segment.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        int port = bytes.getShort(2) & 0xFFFF;
        byte[] address = new byte[family.bits() / Byte.SIZE];
        // sockaddr_in6 has a flow label between port and address.
        bytes.get(family == Family.IPV4 ? 4 : 8, address);
        return new InetSocketAddress(Cidr.address(address), port);
    }

    private MemorySegment size() {
        return memory.allocateFrom(JAVA_INT, addressSize());
    }

    private int addressSize() {
        return switch (family) {
            case IPV4 -> 16;
            case IPV6 -> 28;
        };
    }

    private int level() {
        return switch (family) {
            case IPV4 -> SOL_IP;
            case IPV6 -> SOL_IPV6;
        };
    }

    private static int number(Family family) {
        return switch (family) {
            case IPV4 -> 2;
            case IPV6 -> 10;
        };
    }
}
