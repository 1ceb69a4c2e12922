package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** WebSocket (RFC 6455) between the JDK's client and Netty's server, through two sidecars. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before the tests
class WebSocketIT {
    private static final int LARGE = 16 * 1024 * 1024;

    private WebSocketApp app;
    private MeshPair pair;
    private HttpClient http;
    private WebSocketEvents events;
    private WebSocket socket;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        app = new WebSocketApp();
        // A tunnel between sidecars is HTTP/1.1, even where requests go over HTTP/2.
        pair = new MeshPair(folder, app.port(), "", "protocol: http2\ntimeout: 50s");
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    void stop() throws Exception {
        http.close();
        pair.close();
        app.close();
    }

    @BeforeEach
    void connect() {
        app.events.clear();
        events = new WebSocketEvents();
        socket =
                http.newWebSocketBuilder()
                        .subprotocols("superchat")
                        .buildAsync(URI.create("ws://localhost:" + pair.port() + "/chat"), events)
                        .join();
    }

    @AfterEach
    void disconnect() {
        socket.abort();
    }

    /** What the app told that begins so; ends of connections of earlier tests may come before. */
    private String told(String beginning) throws Exception {
        String event = app.events.poll(60, TimeUnit.SECONDS);
        while (event != null && !event.startsWith(beginning)) {
            event = app.events.poll(60, TimeUnit.SECONDS);
        }
        return event == null ? "nothing came" : event;
    }

    @Test
    void echoesTextAndAgreesOnTheSubprotocol() throws Exception {
        assertThat(socket.getSubprotocol()).isEqualTo("superchat");
        socket.sendText("grüße", true).join();
        assertThat(events.next()).isEqualTo("text grüße");
        socket.sendText("", true).join();
        assertThat(events.next()).isEqualTo("text ");
    }

    @Test
    void echoesLargeFrames() throws Exception {
        byte[] much = new byte[LARGE];
        new Random(7).nextBytes(much);
        socket.sendBinary(ByteBuffer.wrap(much), true).join();
        assertThat(events.binary()).isEqualTo(much);
    }

    @Test
    void letsControlFramesBetweenFragmentsOfTheClient() throws Exception {
        socket.sendText("one ", false).join();
        socket.sendPing(ByteBuffer.wrap(new byte[] {'x'})).join();
        assertThat(events.next()).isEqualTo("pong x");
        socket.sendText("two", true).join();
        assertThat(events.next()).isEqualTo("text one two");
    }

    @Test
    void letsControlFramesBetweenFragmentsOfTheServer() throws Exception {
        socket.sendText("fragments", true).join();
        assertThat(events.next()).isEqualTo("ping p");
        assertThat(events.next()).isEqualTo("text first second");
        assertThat(told("pong")).isEqualTo("pong p");
    }

    @Test
    void carriesTheClientsCloseCode() throws Exception {
        socket.sendClose(4711, "had enough").join();
        assertThat(told("close")).isEqualTo("close 4711 had enough");
        assertThat(events.next()).isEqualTo("close 4711 had enough");
    }

    @Test
    void carriesTheServersCloseCode() throws Exception {
        socket.sendText("close 4001", true).join();
        assertThat(events.next()).isEqualTo("close 4001 as asked");
        // The JDK's client answers a close with the same code, but without the reason.
        assertThat(told("close 4")).startsWith("close 4001");
    }

    @Test
    void tellsTheServerWhenTheClientVanishes() throws Exception {
        socket.sendText("I vanish", true).join();
        assertThat(events.next()).isEqualTo("text I vanish");
        socket.abort();
        assertThat(told("gone after I")).isEqualTo("gone after I vanish");
    }

    @Test
    void answersAfterTheClientsHalfOfTheConnectionHasEnded() throws Exception {
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), pair.port())) {
            raw.setSoTimeout(60_000);
            raw.getOutputStream().write(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
            String head = head(raw);
            assertThat(head)
                    .startsWith("HTTP/1.1 101 ")
                    .containsIgnoringCase("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            raw.getOutputStream().write(frame(0x81, "last words"));
            raw.shutdownOutput();
            byte[] rest = raw.getInputStream().readAllBytes();
            assertThat(new String(rest, StandardCharsets.US_ASCII)).endsWith("last words");
        }
    }

    /** RFC 8441: a client of HTTP/2 reaches a server that knows HTTP/1.1 only. */
    @Test
    void isReachedByExtendedConnect() throws Exception {
        try (H2Peer client = H2Peer.client(pair.port())) {
            H2Stream stream =
                    client.request(
                            false,
                            "CONNECT",
                            "/chat",
                            ":protocol",
                            "websocket",
                            "sec-websocket-version",
                            "13",
                            "sec-websocket-protocol",
                            "superchat");
            Http2Headers head = stream.fields().fields();
            assertThat(head.status().toString()).isEqualTo("200");
            assertThat(String.valueOf(head.get("sec-websocket-protocol"))).isEqualTo("superchat");
            assertThat(head.contains("sec-websocket-accept")).isFalse();
            stream.data(false, frame(0x81, "over two"));
            assertThat(stream.read(10)).endsWith("over two");
            stream.data(false, frame(0x88, "\u0003\u00e8"));
            assertThat(told("close")).isEqualTo("close 1000 ");
            assertThat(stream.read(4)).endsWith("\u0003\u00e8");
        }
    }

    private static final String HANDSHAKE =
            """
            GET /chat HTTP/1.1\r
            Host: orders\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;

    /** A masked frame whose mask is zero. */
    private static byte[] frame(int first, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        byte[] frame = new byte[6 + bytes.length];
        frame[0] = (byte) first;
        frame[1] = (byte) (0x80 | bytes.length);
        System.arraycopy(bytes, 0, frame, 6, bytes.length);
        return frame;
    }

    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new IOException("ended after '" + head + "'");
            }
            head.append((char) b);
        }
        return head.toString();
    }
}
