package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
    @Test
    void readsTheNameAndTheProtocols() throws Exception {
        ClientHello hello = read(hello("Billing.Example", "outrider-tcp", "h2"));
        assertThat(hello)
                .isEqualTo(new ClientHello("billing.example", List.of("outrider-tcp", "h2")));
    }

    @Test
    void readsOneThatAsksForNothing() throws Exception {
        assertThat(read(hello(null))).isEqualTo(new ClientHello(null, List.of()));
    }

    @Test
    void waitsForTheWholeMessage() throws Exception {
        byte[] hello = hello("billing.example", "h2");
        for (int i = 0; i < hello.length; i++) {
            assertThat(read(Arrays.copyOf(hello, i))).isNull();
        }
    }

    @Test
    void readsOneThatIsSpreadOverRecords() throws Exception {
        byte[] hello = hello("billing.example", "h2");
        ByteBuf split = Unpooled.buffer();
        for (int at = 5; at < hello.length; at += 3) {
            int length = Math.min(3, hello.length - at);
            split.writeByte(22).writeShort(0x0301).writeShort(length).writeBytes(hello, at, length);
        }
        ClientHello found = ClientHello.read(split);
        assertThat(found).isEqualTo(new ClientHello("billing.example", List.of("h2")));
    }

    @Test
    void givesUpOnOneThatIsTooLong() {
        byte[] endless = new byte[ClientHello.LONGEST + 1];
        ByteBuffer.wrap(endless).put((byte) 22).putShort((short) 0x301).putShort((short) 0x4000);
        assertThat(read(endless)).isEqualTo(ClientHello.UNREADABLE);
    }

    @Test
    void takesNoNameThatIsNone() throws Exception {
        byte[] hello = hello("billing.example");
        int at = new String(hello, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("billing");
        hello[at] = '\n';
        assertThat(read(hello)).isEqualTo(new ClientHello(null, List.of()));
    }

    @Test
    void survivesAnyDamage() throws Exception {
        long seed = 20261122;
        Random random = new Random(seed);
        byte[] hello = hello("billing.example", "h2", "http/1.1");
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = hello.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            var _ = read(damaged);
        }
    }

    private static @Nullable ClientHello read(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        ClientHello hello = ClientHello.read(in);
        assertThat(in.readableBytes()).isEqualTo(bytes.length);
        return hello;
    }

    static byte[] hello(@Nullable String name, String... protocols) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        if (name != null) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(32 * 1024);
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }
}
