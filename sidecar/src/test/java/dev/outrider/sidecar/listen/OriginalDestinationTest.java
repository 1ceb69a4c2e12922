package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class OriginalDestinationTest {
    @Test
    void readsAnIpv4Address() {
        assertThat(OriginalDestination.parse(sockaddr(2, "01bb" + "c0000207" + "00".repeat(8))))
                .isEqualTo(new InetSocketAddress("192.0.2.7", 443));
    }

    @Test
    void readsAnIpv6Address() {
        String address = "20010db8000000000000000000000007";
        assertThat(
                        OriginalDestination.parse(
                                sockaddr(10, "1f90" + "00000000" + address + "00000000")))
                .isEqualTo(new InetSocketAddress("2001:db8::7", 8080));
    }

    @Test
    void readsAMappedAddressAsIpv4() {
        String address = "00000000000000000000ffffc0000207";
        assertThat(
                        OriginalDestination.parse(
                                sockaddr(10, "1f90" + "00000000" + address + "00000000")))
                .isEqualTo(new InetSocketAddress("192.0.2.7", 8080));
    }

    @Test
    void readsNothingElse() {
        assertThat(OriginalDestination.parse(sockaddr(1, "00".repeat(26)))).isNull();
        assertThat(OriginalDestination.parse(sockaddr(10, "00".repeat(14)))).isNull();
    }

    private static ByteBuffer sockaddr(int family, String rest) {
        byte[] bytes = HexFormat.of().parseHex(rest);
        return ByteBuffer.allocate(2 + bytes.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) family)
                .put(bytes)
                .flip();
    }
}
