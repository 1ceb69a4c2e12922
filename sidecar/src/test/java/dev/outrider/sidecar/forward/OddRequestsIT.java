package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.resilience.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests and responses that are unusual and right: they must get through unharmed. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class OddRequestsIT {
    private RawUpstream upstream;
    private ProxyRig rig;
    private RawClient client;

    private void start(RawUpstream.Script script) throws IOException {
        upstream = new RawUpstream(script);
        rig = new ProxyRig(new ServiceConfigs.Knobs(), upstream);
        client = new RawClient(rig.port());
    }

    private void answering(String answer) throws IOException {
        start((connection, _) -> connection.serve(answer));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        rig.awaitRest();
        rig.close();
        upstream.close();
    }

    @Test
    void keepsMethodsOrderAndCase() throws IOException {
        answering(
                "HTTP/1.1 200 Fine\r\nX-UPPER: 1\r\nx-lower: 2\r\nX-UPPER: 3\r\n"
                        + "Content-Length: 0\r\n\r\n");
        client.send("purge /a?b=%20 HTTP/1.1\r\nzZ: 1\r\nHOST: a\r\nAa: \u00e9\r\nzZ: 2\r\n\r\n");
        RawClient.Answer answer = client.answer();
        assertThat(answer.head()).contains("X-UPPER: 1\r\nx-lower: 2\r\nX-UPPER: 3\r\n");
        assertThat(upstream.heads.getFirst())
                .startsWith(
                        "purge /a?b=%20 HTTP/1.1\r\nzZ: 1\r\nHOST: a\r\nAa: \u00e9\r\nzZ: 2\r\n");
    }

    @Test
    void readsRequestWhereverItIsSplit() throws IOException {
        answering(RawUpstream.OK);
        String request =
                "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "5;ext=\"1\"\r\nhello\r\n1\r\n!\r\n0\r\nX-T: t\r\n\r\n";
        for (int at = 1; at < request.length(); at++) {
            client.send(request.substring(0, at));
            // The answer to a request over a second connection shows that the piece has been read.
            try (RawClient other = new RawClient(rig.port())) {
                other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(other.answer().status()).isEqualTo(200);
            }
            client.send(request.substring(at));
            assertThat(client.answer().body()).as("split at %d", at).isEqualTo("ok");
        }
        assertThat(upstream.bodies).filteredOn(it -> !it.isEmpty()).containsOnly("hello!|X-T: t");
    }

    @Test
    void readsResponseWhereverItIsSplit() throws IOException {
        String answer =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "5;ext=\"1\"\r\nhello\r\n1\r\n!\r\n0\r\nX-T: t\r\n\r\n";
        start((connection, _) -> {
            for (int at = 1; at < answer.length(); at++) {
                connection.request();
                connection.write(answer.substring(0, at));
                try (RawClient other = new RawClient(rig.port())) {
                    other.send("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n");
                    other.answer();
                }
                connection.write(answer.substring(at));
            }
        });
        for (int at = 1; at < answer.length(); at++) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.answer().body()).as("split at %d", at).isEqualTo("hello!|X-T: t");
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        start((connection, _) -> {
            while (true) {
                String head = connection.head();
                String path = head.split(" ", 3)[1];
                connection.write(
                        "HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
            }
        });
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        client.send(requests.toString());
        for (int i = 0; i < 100; i++) {
            assertThat(client.answer().body()).isEqualTo("/" + i);
        }
    }

    @Test
    void answersHeadWithLengthAndWithoutBody() throws IOException {
        answering("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
        for (int i = 0; i < 2; i++) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            RawClient.Answer answer = client.headOnly();
            assertThat(answer.has("Content-Length: 500\r\n")).isTrue();
        }
        assertThat(upstream.connections).hasValue(1);
    }

    @Test
    void passes204WithoutLengthAnd304WithIt() throws IOException {
        start((connection, _) -> {
            connection.request();
            connection.write("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n");
            connection.request();
            connection.write("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n");
        });
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        RawClient.Answer none = client.answer();
        assertThat(none.status()).isEqualTo(204);
        assertThat(none.has("Content-Length")).isFalse();
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        RawClient.Answer same = client.answer();
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.has("Content-Length: 7\r\n")).isTrue();
    }

    @Test
    void passesInformationalHeadsAndWaitsForContinue() throws IOException {
        start((connection, _) -> {
            connection.head();
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            connection.write("HTTP/1.1 100 Continue\r\n\r\n");
            byte[] body = connection.in().readNBytes(5);
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            connection.write(body);
            connection.serve(RawUpstream.OK);
        });
        client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        assertThat(client.answer().has("Link: </a>")).isTrue();
        assertThat(client.answer().status()).isEqualTo(100);
        client.send("hello");
        assertThat(client.answer().body()).isEqualTo("hello");
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.answer().body()).isEqualTo("ok");
    }

    @Test
    void closesAfterRefusalOfBodyThatClientHeldBack() throws IOException {
        start((connection, _) -> {
            connection.head();
            connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        });
        client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.has("Connection: close")).isTrue();
        assertThat(client.rest()).isEmpty();
    }

    @Test
    void answersHttp10WithoutChunksAndCloses() throws IOException {
        answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "2\r\nok\r\n0\r\nX-T: t\r\n\r\n");
        client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
        String all = client.rest();
        assertThat(all).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nok");
        assertThat(all).doesNotContain("hunked");
    }

    @Test
    void understandsResponseThatEndsWithItsConnection() throws IOException {
        start((connection, _) -> {
            connection.request();
            connection.write("HTTP/1.0 200 OK\r\n\r\nall of it");
        });
        for (int i = 0; i < 2; i++) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("all of it");
        }
        assertThat(upstream.connections).hasValue(2);
    }

    @Test
    void takesHostFromAbsoluteTarget() throws IOException {
        answering(RawUpstream.OK);
        client.send("GET http://b:81/c?d HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(upstream.heads.getFirst())
                .startsWith("GET /c?d HTTP/1.1\r\n")
                .contains("\r\nHost: b:81\r\n")
                .doesNotContain("Host: a");
        client.send("GET HTTP://b?d HTTP/1.1\r\nHost: b\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(upstream.heads.getLast()).startsWith("GET /?d HTTP/1.1\r\n");
        client.send("OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void removesWhatConcernsOneHopOnly() throws IOException {
        answering(
                "HTTP/1.1 200 OK\r\nConnection: X-Mine\r\nX-Mine: 1\r\nKeep-Alive: timeout=60\r\n"
                        + "Content-Length: 2\r\n\r\nok");
        client.send(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Own\r\nX-Own: 1\r\n"
                        + "Upgrade: h2c\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\n"
                        + "TE: gzip, trailers\r\nX-Kept: 1\r\n\r\n");
        RawClient.Answer answer = client.answer();
        assertThat(answer.has("X-Mine")).isFalse();
        assertThat(answer.has("Keep-Alive")).isFalse();
        assertThat(answer.has("Connection")).isFalse();
        assertThat(upstream.heads.getFirst())
                .contains("X-Kept: 1")
                .contains("TE: trailers")
                .doesNotContain("X-Own", "Upgrade", "Keep-Alive", "Connection", "gzip");
    }

    @Test
    void closesWhenTheClientAsksForIt() throws IOException {
        answering(RawUpstream.OK);
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n");
        RawClient.Answer answer = client.answer();
        assertThat(answer.has("Connection: close")).isTrue();
        assertThat(client.rest()).isEmpty();
        assertThat(upstream.heads.getFirst().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("connection");
    }

    @Test
    void deliversTheLastResponseToSlowReader() throws Exception {
        String body = "x".repeat(8_000_000);
        answering("HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n" + body);
        client.close();
        client = new RawClient(rig.port(), 4096);
        client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        client.head();
        // Nothing is read until the proxy has let go of the upstream's last byte.
        org.awaitility.Awaitility.await()
                .during(Duration.ofMillis(1500))
                .until(() -> !client.socket().isClosed());
        assertThat(client.rest()).hasSize(8_000_000);
    }

    @Test
    void readsOverSmallBodyThatNobodyWanted() throws IOException {
        start((connection, number) -> {
            connection.head();
            connection.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            connection.untilClosed();
        });
        for (int i = 0; i < 3; i++) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(404);
            client.send("x".repeat(100_000));
        }
    }

    @Test
    void servesWithRetriesSwitchedOff() throws IOException {
        upstream = RawUpstream.answering(RawUpstream.OK);
        rig = new ProxyRig(new ServiceConfigs.Knobs().retry(RetryConfig.NONE), upstream);
        client = new RawClient(rig.port());
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(client.answer().body()).isEqualTo("ok");
        assertThat(upstream.bodies).containsExactly("abc");
    }
}
