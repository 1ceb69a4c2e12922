package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The key and its answer with which the two ends of HTTP/1.1 assure each other that they mean
 * WebSocket (RFC 6455, section 4). HTTP/2 has neither (RFC 8441, section 5), so where a request
 * changes its protocol the proxy stands in for whichever side lacks them.
 */
final class WebSocketHandshake {
    private static final String KEY = "sec-websocket-key";
    private static final String ACCEPT = "sec-websocket-accept";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private final boolean clientKnowsKeys;
    private final boolean upstreamKnowsKeys;
    private final @Nullable String key;

    private WebSocketHandshake(
            boolean clientKnowsKeys, boolean upstreamKnowsKeys, @Nullable String key) {
        this.clientKnowsKeys = clientKnowsKeys;
        this.upstreamKnowsKeys = upstreamKnowsKeys;
        this.key = key;
    }

    /** Makes {@code outgoing} fit its connection; null if there is nothing to stand in for. */
    static @Nullable WebSocketHandshake begin(
            RequestHead outgoing, boolean http2, RandomGenerator random) {
        boolean fromHttp2 = outgoing.version() == HttpVersion.HTTP_2;
        if (fromHttp2 == http2 || !"websocket".equals(outgoing.upgrade())) {
            return null;
        }
        Headers headers = outgoing.headers();
        String key = headers.get(KEY);
        headers.remove(KEY);
        if (!http2) {
            byte[] nonce = new byte[KEY_BYTES];
            random.nextBytes(nonce);
            key = Base64.getEncoder().encodeToString(nonce);
            headers.add("Sec-WebSocket-Key", key);
        }
        return new WebSocketHandshake(!fromHttp2, !http2, key);
    }

    /** Makes the accepting response fit the client; false if the upstream meant something else. */
    boolean finish(Headers response) {
        String expected = key == null ? null : accept(key);
        if (upstreamKnowsKeys && !String.valueOf(expected).equals(response.get(ACCEPT))) {
            return false;
        }
        response.remove(ACCEPT);
        if (clientKnowsKeys && expected != null) {
            response.add("Sec-WebSocket-Accept", expected);
        }
        return true;
    }

    private static String accept(String key) {
        try {
            byte[] text = (key.strip() + GUID).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
