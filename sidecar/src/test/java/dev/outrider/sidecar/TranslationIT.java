package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is lost where HTTP/1.1 becomes HTTP/2 on the way, or HTTP/2 becomes HTTP/1.1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before the tests
class TranslationIT {
    private static final int LARGE = 1024 * 1024;
    private static final String LAST = "Connection: close\r\n";

    private ServerSocket app;
    private MeshPair overHttp2;
    private MeshPair toHttp1;
    private H2Peer h2;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        app = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        app.setSoTimeout((int) Mesh.PATIENCE.toMillis());
        overHttp2 =
                new MeshPair(
                        Files.createDirectory(folder.resolve("h2")),
                        app.getLocalPort(),
                        "",
                        "protocol: http2\ntimeout: 50s");
        toHttp1 =
                new MeshPair(
                        Files.createDirectory(folder.resolve("h1")),
                        app.getLocalPort(),
                        "protocol: http1",
                        "timeout: 50s");
        h2 = H2Peer.client(toHttp1.port());
    }

    @AfterAll
    void stop() throws Exception {
        h2.close();
        toHttp1.close();
        overHttp2.close();
        app.close();
    }

    /** Pseudo-random, the same each time. */
    private static String large() {
        byte[] bytes = new byte[LARGE];
        new Random(LARGE).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static CompletableFuture<Void> saying(H1Peer peer, String text) {
        CompletableFuture<Void> said = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        peer.say(text);
                        said.complete(null);
                    } catch (IOException e) {
                        said.completeExceptionally(e);
                    }
                });
        return said;
    }

    private H1Peer caller(String request) throws IOException {
        return H1Peer.client(overHttp2.port()).say(request);
    }

    @Test
    void trailersPassBothWays() throws Exception {
        try (H1Peer client =
                        caller(
                                """
                                POST /trailers HTTP/1.1\r
                                Host: orders\r
                                TE: trailers\r
                                Connection: TE\r
                                Transfer-Encoding: chunked\r
                                \r
                                3\r
                                abc\r
                                0\r
                                x-sum: 1\r
                                \r
                                """);
                H1Peer serving = H1Peer.accept(app)) {
            String head = serving.head();
            assertThat(head).startsWith("POST /trailers HTTP/1.1\r\n");
            assertThat(serving.body(head)).isEqualTo("abc|x-sum: 1");
            serving.say(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                            + LAST
                            + "\r\n3\r\nxyz\r\n0\r\nx-sum: 2\r\n\r\n");
            String answer = client.head();
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.body(answer)).isEqualTo("xyz|x-sum: 2");
        }
    }

    @Test
    void earlyHintsComeBeforeTheAnswer() throws Exception {
        try (H1Peer client = caller("GET /hints HTTP/1.1\r\nHost: orders\r\n\r\n");
                H1Peer serving = H1Peer.accept(app)) {
            assertThat(serving.head()).startsWith("GET /hints HTTP/1.1\r\n");
            serving.say("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
            assertThat(client.head())
                    .startsWith("HTTP/1.1 103 ")
                    .containsIgnoringCase("\r\nlink: </a.css>\r\n");
            serving.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + LAST + "\r\nok");
            String answer = client.head();
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.body(answer)).isEqualTo("ok");
        }
    }

    /** The connection must go on behind each, so none may be taken to have a body. */
    @Test
    void answersWithoutABodyHaveNone() throws Exception {
        try (H1Peer client = H1Peer.client(overHttp2.port())) {
            empty(client, "HEAD", "200 OK\r\nContent-Length: 5", "content-length: 5");
            empty(client, "GET", "204 No Content\r\nX-Mark: 1", "x-mark: 1");
            empty(client, "GET", "304 Not Modified\r\nETag: \"1\"", "etag: \"1\"");
            empty(client, "DELETE", "200 OK\r\nContent-Length: 0", "content-length: 0");
        }
    }

    private void empty(H1Peer client, String method, String answer, String field)
            throws IOException {
        client.say(method + " /empty HTTP/1.1\r\nHost: orders\r\n\r\n");
        try (H1Peer serving = H1Peer.accept(app)) {
            assertThat(serving.head()).startsWith(method + " /empty HTTP/1.1\r\n");
            serving.say("HTTP/1.1 " + answer + "\r\n" + LAST + "\r\n");
            assertThat(client.head())
                    .startsWith("HTTP/1.1 " + answer.substring(0, 3))
                    .containsIgnoringCase("\r\n" + field + "\r\n")
                    .doesNotContainIgnoringCase("transfer-encoding");
        }
    }

    @Test
    void aLargeBodyPassesBothWays() throws Exception {
        String body = large();
        try (H1Peer client = caller("");
                H1Peer serving = answering(client, body)) {
            String head = serving.head();
            assertThat(head).containsIgnoringCase("\r\ncontent-length: " + LARGE + "\r\n");
            assertThat(serving.body(head).equals(body)).isTrue();
            CompletableFuture<Void> said =
                    saying(
                            serving,
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                    + LAST
                                    + "\r\n"
                                    + Integer.toHexString(LARGE)
                                    + "\r\n"
                                    + body
                                    + "\r\n0\r\n\r\n");
            String answer = client.head();
            assertThat(client.body(answer).equals(body)).isTrue();
            said.get(60, TimeUnit.SECONDS);
        }
    }

    private H1Peer answering(H1Peer client, String body) throws IOException {
        var _ =
                saying(
                        client,
                        "PUT /large HTTP/1.1\r\nHost: orders\r\nContent-Length: "
                                + LARGE
                                + "\r\n\r\n"
                                + body);
        return H1Peer.accept(app);
    }

    @Test
    void anEventIsThereBeforeTheNextIsSent() throws Exception {
        try (H1Peer client = caller("GET /events HTTP/1.1\r\nHost: orders\r\n\r\n");
                H1Peer serving = H1Peer.accept(app)) {
            assertThat(serving.head()).startsWith("GET /events HTTP/1.1\r\n");
            serving.say(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                            + "Transfer-Encoding: chunked\r\n"
                            + LAST
                            + "\r\n");
            assertThat(client.head()).containsIgnoringCase("transfer-encoding: chunked\r\n");
            for (int i = 0; i < 5; i++) {
                String event = "data: " + i + "\n\n";
                serving.say("9\r\n" + event + "\r\n");
                assertThat(client.chunks(event.length())).isEqualTo(event);
            }
            client.leave();
            serving.untilClosed();
        }
    }

    @Test
    void namesOfFieldsKeepTheirCaseWhereAllIsHttp1() throws Exception {
        try (H1Peer client =
                        H1Peer.client(toHttp1.port())
                                .say("GET / HTTP/1.1\r\nHost: orders\r\nX-OdD-cAsE: 1\r\n\r\n");
                H1Peer serving = H1Peer.accept(app)) {
            assertThat(serving.head()).contains("\r\nX-OdD-cAsE: 1\r\n");
            serving.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nEtAg: \"x\"\r\n" + LAST + "\r\n");
            assertThat(client.head()).contains("\r\nEtAg: \"x\"\r\n");
        }
    }

    @Test
    void aCallerOfHttp2IsServedByAnAppOfHttp1() throws Exception {
        H2Stream call =
                h2.request(false, "POST", "/h2", "cookie", "a=1", "cookie", "b=2", "te", "trailers")
                        .data(false, "abc")
                        .head(true, "x-sum", "1");
        try (H1Peer serving = H1Peer.accept(app)) {
            String head = serving.head();
            assertThat(head)
                    .startsWith("POST /h2 HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nhost: orders\r\n")
                    .containsIgnoringCase("\r\ncookie: a=1; b=2\r\n")
                    .doesNotContain("\r\n:");
            assertThat(serving.body(head)).isEqualTo("abc|x-sum: 1");
            serving.say(
                    "HTTP/1.1 200 Fine\r\nX-Upper: 1\r\nKeep-Alive: timeout=5\r\n"
                            + "Transfer-Encoding: chunked\r\n"
                            + LAST
                            + "\r\n3\r\nxyz\r\n0\r\nX-Sum: 2\r\n\r\n");
        }
        H2Stream.Event.Head answer = call.fields();
        assertThat(answer.get(":status")).isEqualTo("200");
        assertThat(answer.get("x-upper")).isEqualTo("1");
        assertThat(answer.fields().names())
                .doesNotContain("connection", "keep-alive", "transfer-encoding");
        H2Stream.Rest rest = call.rest();
        assertThat(rest.text()).isEqualTo("xyz");
        assertThat(rest.trailer("x-sum")).isEqualTo("2");
    }

    @Test
    void aCallThatIsCancelledIsCancelledAtTheApp() throws Exception {
        H2Stream call = h2.request(true, "GET", "/cancelled");
        try (H1Peer serving = H1Peer.accept(app)) {
            assertThat(serving.head()).startsWith("GET /cancelled HTTP/1.1\r\n");
            call.reset();
            serving.untilClosed();
        }
    }

    @Test
    void anAppOfHttp2ThatSaysGoodbyeLosesNothing(@TempDir Path folder) throws Exception {
        try (H2Peer server = H2Peer.server();
                MeshPair pair =
                        new MeshPair(folder, server.port(), "protocol: http2", "timeout: 50s");
                H2Peer client = H2Peer.client(pair.port())) {
            List<H2Stream> calls = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                List<H2Stream> underway = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    calls.add(client.request(true, "GET", "/" + calls.size()));
                    underway.add(server.accept());
                }
                H2Peer.goAway(underway.getFirst());
                // These may cross the goodbye on their way.
                for (int i = 0; i < 10; i++) {
                    calls.add(client.request(true, "GET", "/" + calls.size()));
                }
                for (int i = 0; i < 10; i++) {
                    underway.add(server.accept());
                }
                for (H2Stream each : underway) {
                    String path = each.fields().get(":path");
                    each.head(false, ":status", "200").data(true, path);
                }
            }
            for (int i = 0; i < calls.size(); i++) {
                assertThat(calls.get(i).fields().get(":status")).isEqualTo("200");
                assertThat(calls.get(i).rest().text()).isEqualTo("/" + i);
            }
        }
    }
}
