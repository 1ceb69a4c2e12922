package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxyProtocolTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final InetSocketAddress SERVER = new InetSocketAddress("10.0.0.2", 5432);

    private static @Nullable ByteBuf header(
            ProxyProtocol version, String client, @Nullable InetSocketAddress destination) {
        TcpConnection connection =
                new TcpConnection(
                        Direction.OUTBOUND,
                        Peer.plain(new InetSocketAddress(client, 4711)),
                        destination,
                        null);
        return version.header(connection, SERVER, UnpooledByteBufAllocator.DEFAULT);
    }

    private static String text(@Nullable ByteBuf header) {
        ByteBuf there = java.util.Objects.requireNonNull(header);
        String text = there.toString(StandardCharsets.US_ASCII);
        there.release();
        return text;
    }

    private static String hex(@Nullable ByteBuf header) {
        ByteBuf there = java.util.Objects.requireNonNull(header);
        String hex = ByteBufUtil.hexDump(there);
        there.release();
        return hex;
    }

    @Test
    void offSaysNothing() {
        assertThat(header(ProxyProtocol.OFF, "10.1.2.3", null)).isNull();
    }

    @Test
    void versionOneIsALineOfText() {
        assertThat(text(header(ProxyProtocol.V1, "10.1.2.3", null)))
                .isEqualTo("PROXY TCP4 10.1.2.3 10.0.0.2 4711 5432\r\n");
        assertThat(text(header(ProxyProtocol.V1, "fd00::1", new InetSocketAddress("fd00::2", 80))))
                .isEqualTo("PROXY TCP6 fd00:0:0:0:0:0:0:1 fd00:0:0:0:0:0:0:2 4711 80\r\n");
        assertThat(text(header(ProxyProtocol.V1, "fd00::1", null))).isEqualTo("PROXY UNKNOWN\r\n");
    }

    @Test
    void versionTwoIsBinary() {
        assertThat(hex(header(ProxyProtocol.V2, "10.1.2.3", null)))
                .isEqualTo(SIGNATURE + "2111000c" + "0a010203" + "0a000002" + "1267" + "1538");
        assertThat(hex(header(ProxyProtocol.V2, "fd00::1", null)))
                .isEqualTo(SIGNATURE + "21000000");
    }
}
