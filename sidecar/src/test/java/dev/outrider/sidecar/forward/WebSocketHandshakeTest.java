package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The sample key and answer are those of RFC 6455, section 1.3. */
class WebSocketHandshakeTest {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static RequestHead request(HttpVersion version, String upgrade) {
        Headers headers = new Headers();
        if (version == HttpVersion.HTTP_1_1) {
            headers.add("Sec-WebSocket-Key", KEY);
        }
        return new RequestHead("GET", "/", "a", headers, BodyLength.NONE, version, upgrade);
    }

    private static Headers response(String accept) {
        Headers headers = new Headers();
        headers.add("sec-websocket-accept", accept);
        return headers;
    }

    @Test
    void answersTheKeyOfAClientWhoseUpstreamHasNone() {
        RequestHead head = request(HttpVersion.HTTP_1_1, "websocket");
        WebSocketHandshake handshake =
                Objects.requireNonNull(WebSocketHandshake.begin(head, true, new Random(1)));
        assertThat(head.headers().contains("sec-websocket-key")).isFalse();
        Headers answer = new Headers();
        assertThat(handshake.finish(answer)).isTrue();
        assertThat(answer.get("sec-websocket-accept")).isEqualTo(ACCEPT);
    }

    @Test
    void makesAKeyForAnUpstreamThatWantsOneAndChecksItsAnswer() {
        RequestHead head = request(HttpVersion.HTTP_2, "websocket");
        WebSocketHandshake handshake =
                Objects.requireNonNull(WebSocketHandshake.begin(head, false, new Random(1)));
        assertThat(head.headers().get("sec-websocket-key")).hasSize(24);
        assertThat(handshake.finish(response(ACCEPT))).isFalse();
        assertThat(handshake.finish(new Headers())).isFalse();
    }

    @Test
    void staysOutOfWhatNeedsNoTranslation() {
        RequestHead same = request(HttpVersion.HTTP_1_1, "websocket");
        assertThat(WebSocketHandshake.begin(same, false, new Random(1))).isNull();
        assertThat(same.headers().get("sec-websocket-key")).isEqualTo(KEY);
        RequestHead other = request(HttpVersion.HTTP_1_1, "chat");
        assertThat(WebSocketHandshake.begin(other, true, new Random(1))).isNull();
    }
}
