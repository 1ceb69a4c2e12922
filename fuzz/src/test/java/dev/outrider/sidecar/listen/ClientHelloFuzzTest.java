package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrider.sidecar.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a TLS client says in the clear: a name that is one, or none; never an exception. */
class ClientHelloFuzzTest {
    private static final int CUTS = 16;

    static List<byte[]> seeds() throws Exception {
        return List.of(
                ClientHelloTest.hello("orders.shop", "h2", "http/1.1"),
                ClientHelloTest.hello(null));
    }

    @MethodSource("seeds")
    @FuzzTest
    void clientHello(byte[] bytes) {
        ClientHello whole = read(bytes, bytes.length);
        if (bytes.length > ClientHello.LONGEST) {
            assertThat(whole).isNotNull();
        }
        if (whole != null && whole.serverName() != null) {
            assertThat(whole.serverName().chars().allMatch(Fields::isFieldValue)).isTrue();
            assertThat(whole.serverName()).hasSizeBetween(1, 253);
        }
        for (int cut = 0; cut < CUTS; cut++) {
            ClientHello part = read(bytes, bytes.length * cut / CUTS);
            assertThat(part == null || part.equals(whole)).isTrue();
        }
    }

    private static @Nullable ClientHello read(byte[] bytes, int length) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes, 0, length);
        ClientHello hello = ClientHello.read(in);
        assertThat(in.readerIndex()).isZero();
        return hello;
    }
}
