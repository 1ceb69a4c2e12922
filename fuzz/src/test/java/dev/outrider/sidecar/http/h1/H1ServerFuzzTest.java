package dev.outrider.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrider.sidecar.Seeds;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes a client may send: one meaning, or none. */
class H1ServerFuzzTest {
    static List<byte[]> seeds() {
        return Seeds.requests();
    }

    @MethodSource("seeds")
    @FuzzTest
    void server(byte[] bytes) {
        List<Object> whole = Wires.read(bytes, false);
        // Where the network cuts is no matter.
        assertThat(Wires.read(bytes, true).toString()).isEqualTo(whole.toString());
        for (Object each : whole) {
            if (each instanceof Wires.Message message && message.whole) {
                byte[] onwards = Wires.forwarded(message);
                // The next of our kind reads what we read, and nothing behind it.
                List<Object> again = Wires.read(onwards, false);
                assertThat(again).hasSize(1);
                assertThat(((Wires.Message) again.getFirst()).body.toByteArray())
                        .isEqualTo(message.body.toByteArray());
                assertThat(Wires.forwarded((Wires.Message) again.getFirst())).isEqualTo(onwards);
                sameToNetty(message, onwards);
            }
        }
    }

    /** A parser by other people sees the same single message. */
    private static void sameToNetty(Wires.Message message, byte[] onwards) {
        EmbeddedChannel netty = new EmbeddedChannel(new HttpRequestDecoder());
        try {
            netty.writeInbound(Unpooled.wrappedBuffer(onwards));
            HttpRequest head = netty.readInbound();
            assertThat(head.decoderResult().isSuccess()).isTrue();
            assertThat(head.method().name()).isEqualTo(message.head.method());
            assertThat(head.uri()).isEqualTo(message.head.target());
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (Object next = netty.readInbound(); next != null; next = netty.readInbound()) {
                assertThat(next).isInstanceOf(HttpContent.class).isNotInstanceOf(HttpRequest.class);
                body.writeBytes(ByteBufUtil.getBytes(((HttpContent) next).content()));
                ((HttpContent) next).release();
            }
            assertThat(body.toByteArray()).isEqualTo(message.body.toByteArray());
        } finally {
            netty.finishAndReleaseAll();
        }
    }
}
