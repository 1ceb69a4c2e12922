package dev.outrider.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrider.sidecar.Seeds;
import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes an upstream may answer with: one answer, or an error, and then silence. */
class H1ClientFuzzTest {
    static List<byte[]> seeds() {
        return Seeds.responses();
    }

    @MethodSource("seeds")
    @FuzzTest
    void client(byte[] bytes) {
        for (String method : List.of("GET", "HEAD")) {
            String whole = answer(bytes, method, Math.max(1, bytes.length));
            assertThat(answer(bytes, method, 5)).isEqualTo(whole);
        }
    }

    private static String answer(byte[] bytes, String method, int step) {
        Recorder recorder = new Recorder();
        H1ClientConnection connection = new H1ClientConnection(recorder);
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        Headers headers = new Headers();
        headers.add("Host", "a");
        ClientStream stream = connection.open(recorder);
        stream.request(new RequestHead(method, "/", "a", headers, 0), true);
        stream.flush();
        for (int at = 0; at < bytes.length && channel.isOpen(); at += step) {
            ByteBuf piece = Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at));
            channel.writeInbound(piece);
            if (recorder.over) {
                assertThat(piece.refCnt()).isZero();
            }
        }
        channel.checkException();
        channel.finishAndReleaseAll();
        assertThat(recorder.over).isTrue();
        return recorder.text.toString();
    }

    /** Fails when it is told anything after the end. */
    private static final class Recorder implements ClientStream.Listener, ClientConnection.Owner {
        final StringBuilder text = new StringBuilder();
        boolean over;
        private boolean head;

        private void say(String what) {
            assertThat(over).as("told after the end: %s", what).isFalse();
            text.append(what);
        }

        @Override
        public void onInformational(ResponseHead head) {
            assertThat(this.head).isFalse();
            say(head.status() + " " + head.headers());
        }

        @Override
        public void onResponse(ResponseHead head, boolean last) {
            assertThat(this.head).isFalse();
            assertThat(head.headers().contains("transfer-encoding")).isFalse();
            assertThat(head.headers().contains("connection")).isFalse();
            this.head = true;
            say(head.status() + " " + head.headers() + head.bodyLength() + "\n");
            over = last;
        }

        @Override
        public void data(ByteBuf chunk) {
            assertThat(head).isTrue();
            say(chunk.toString(StandardCharsets.ISO_8859_1));
            chunk.release();
        }

        @Override
        public void end(Headers trailers) {
            assertThat(head).isTrue();
            say("|" + trailers);
            over = true;
        }

        @Override
        public void onError(StreamError error, boolean sent) {
            say("!");
            over = true;
        }

        @Override
        public void onWritable() {}

        @Override
        public void flush() {}

        @Override
        public void released(ClientConnection connection) {}

        @Override
        public void closed(ClientConnection connection) {}
    }
}
