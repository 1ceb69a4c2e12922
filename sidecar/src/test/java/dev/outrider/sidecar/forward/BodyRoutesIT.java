package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.body.BodyConfig;
import dev.outrider.sidecar.body.MirrorConfig;
import dev.outrider.sidecar.body.MirrorCounts;
import dev.outrider.sidecar.body.MirrorFilter;
import dev.outrider.sidecar.body.RemoveFieldsConfig;
import dev.outrider.sidecar.body.RemoveFieldsConfig.Otherwise;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a route does with bodies, over real connections; buffers that leak fail the build. */
class BodyRoutesIT {
    private static final String POST =
            "POST /x HTTP/1.1\r\nHost: upstream\r\nContent-Type: application/json\r\n";
    private static final String GET =
            "GET /x HTTP/1.1\r\nHost: upstream\r\nAccept-Encoding: gzip\r\nRange: bytes=0-9\r\n\r\n";

    private static ProxyRig rig(BodyConfig config, RawUpstream upstream) throws IOException {
        ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), upstream);
        List<RequestFilter> filters = new ArrayList<>(config.first());
        filters.addAll(config.last());
        rig.route(filters, config::upstream);
        return rig;
    }

    private static BodyConfig atMost(long bytes) {
        return new BodyConfig(bytes, null, null, null);
    }

    private static RemoveFieldsConfig without(String path, long most, Otherwise otherwise) {
        return new RemoveFieldsConfig(List.of(path), most, most, otherwise);
    }

    private static BodyConfig responses(Otherwise otherwise) {
        return new BodyConfig(null, null, without("secret", 64, otherwise), null);
    }

    private static BodyConfig requests(Otherwise otherwise) {
        return new BodyConfig(null, without("secret", 64, otherwise), null, null);
    }

    private static String json(String fields, String body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                + fields
                + "Content-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private static String chunked(String... chunks) {
        StringBuilder text = new StringBuilder("Transfer-Encoding: chunked\r\n\r\n");
        for (String chunk : chunks) {
            text.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        return text.append("0\r\n\r\n").toString();
    }

    // ---- size limits

    @Test
    void aBodyThatSaysItIsTooLargeIsRefusedUnread() throws IOException {
        try (RawUpstream upstream = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = rig(atMost(10), upstream);
                RawClient client = new RawClient(rig.port())) {
            client.send(POST + "Content-Length: 11\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(upstream.heads).isEmpty();
        }
    }

    @Test
    void aBodyThatBecomesTooLargeIsRefusedThen() throws IOException {
        try (RawUpstream upstream = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = rig(atMost(10), upstream);
                RawClient client = new RawClient(rig.port());
                RawClient modest = new RawClient(rig.port())) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n");
            assertThat(client.answer().status()).isEqualTo(413);
            modest.send(POST + chunked("12345", "67890"));
            assertThat(modest.answer().status()).isEqualTo(200);
            assertThat(upstream.bodies).containsExactly("1234567890");
            rig.awaitRest();
        }
    }

    /** Every stage lets the receiver's pace through to the sender. */
    @Test
    void aLargeBodyPassesAtTheReceiversPace() throws IOException {
        int size = 8 * 1024 * 1024;
        try (RawUpstream upstream =
                        new RawUpstream(
                                (connection, _) -> {
                                    connection.request();
                                    connection.write(RawUpstream.OK);
                                    connection.untilClosed();
                                },
                                4096);
                RawUpstream other = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = new ProxyRig(new ServiceConfigs.Knobs(), upstream);
                RawClient client = new RawClient(rig.port())) {
            MirrorCounts counts = new MirrorCounts();
            MirrorFilter mirror =
                    new MirrorFilter(
                            new MirrorConfig("mirror", 1, 1024, 1, Duration.ofSeconds(20)),
                            rig.chainTo("mirror", other),
                            Ticker.system(),
                            () -> new Random(7),
                            counts);
            List<RequestFilter> filters = new ArrayList<>(atMost(size).first());
            filters.add(mirror);
            rig.route(filters, it -> it);
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
            String piece = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
            for (int sent = 0; sent < size; sent += 0x10000) {
                client.send(piece);
            }
            client.send("0\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(upstream.bodies.getFirst()).hasSize(size);
            assertThat(counts.left()).isEqualTo(1);
        }
    }

    // ---- responses without some fields

    @Test
    void aResponseLosesItsFieldsAndWhatItsHeadSaidOfThem() throws IOException {
        String body = "{\"name\": \"x\", \"secret\": {\"a\": 1}}";
        String fields = "ETag: \"1\"\r\nAccept-Ranges: bytes\r\nContent-MD5: abc\r\n";
        try (RawUpstream upstream = RawUpstream.answering(json(fields, body));
                ProxyRig rig = rig(responses(Otherwise.REFUSE), upstream);
                RawClient client = new RawClient(rig.port())) {
            for (int i = 0; i < 3; i++) {
                RawClient.Answer answer = client.send(GET).answer();
                assertThat(answer.body()).isEqualTo("{\"name\":\"x\"}");
                assertThat(answer.has("content-length: 12")).isTrue();
                assertThat(answer.has("etag: W/\"1\"")).isTrue();
                assertThat(answer.has("accept-ranges")).isFalse();
                assertThat(answer.has("content-md5")).isFalse();
            }
            assertThat(upstream.heads.getFirst())
                    .containsIgnoringCase("accept-encoding: identity")
                    .doesNotContainIgnoringCase("range:");
            assertThat(upstream.connections).hasValue(1);
            rig.awaitRest();
        }
    }

    @Test
    void aResponseInPiecesIsPutTogether() throws IOException {
        String answer =
                "HTTP/1.1 200 OK\r\nContent-Type: application/problem+json; charset=UTF-8\r\n"
                        + chunked("[{\"sec", "ret\":1,", "\"b\":2},", "{\"secret\":[]}]");
        try (RawUpstream upstream = RawUpstream.answering(answer);
                ProxyRig rig = rig(responses(Otherwise.REFUSE), upstream);
                RawClient client = new RawClient(rig.port())) {
            RawClient.Answer read = client.send(GET).answer();
            assertThat(read.body()).isEqualTo("[{\"b\":2},{}]");
            assertThat(read.has("content-length: 12")).isTrue();
        }
    }

    private static String large() {
        return "{\"secret\":1,\"x\":\"" + "x".repeat(100) + "\"}";
    }

    /** A leak would be worse than no answer. */
    @ParameterizedTest
    @ValueSource(strings = {"larger", "pieces", "compressed", "part", "none", "charset", "cut"})
    void whatCannotBeReadIsRefusedOrPassesWhole(String kind) throws IOException {
        String small = "{\"secret\":1}";
        String answer =
                switch (kind) {
                    case "larger" -> json("", large());
                    case "pieces" ->
                            "HTTP/1.1 200 OK\r\nContent-Type: text/json\r\n"
                                    + chunked(large().substring(0, 20), large().substring(20));
                    case "compressed" -> json("Content-Encoding: gzip\r\n", small);
                    case "part" ->
                            json("Content-Range: bytes 0-11/99\r\n", small)
                                    .replace("200 OK", "206 Part");
                    case "none" -> json("", "secret=1");
                    case "charset" ->
                            json("", small)
                                    .replace("application/json", "application/json;charset=utf-16");
                    default -> json("", small.substring(0, 11));
                };
        String whole =
                switch (kind) {
                    case "larger", "pieces" -> large();
                    case "none" -> "secret=1";
                    case "cut" -> small.substring(0, 11);
                    default -> small;
                };
        try (RawUpstream upstream = RawUpstream.answering(answer);
                ProxyRig strict = rig(responses(Otherwise.REFUSE), upstream);
                ProxyRig lenient = rig(responses(Otherwise.PASS), upstream);
                RawClient refused = new RawClient(strict.port());
                RawClient passed = new RawClient(lenient.port())) {
            for (int i = 0; i < 2; i++) {
                RawClient.Answer read = refused.send(GET).answer();
                assertThat(read.status()).isEqualTo(502);
                assertThat(read.body()).doesNotContain("secret\":").doesNotContain("secret=1");
                assertThat(passed.send(GET).answer().body()).isEqualTo(whole);
            }
            strict.awaitRest();
            lenient.awaitRest();
        }
    }

    @Test
    void otherMediaTypesPassAsTheyAre() throws IOException {
        String answer = json("", "{\"secret\":1}").replace("application/json", "text/plain");
        try (RawUpstream upstream = RawUpstream.answering(answer);
                ProxyRig rig = rig(responses(Otherwise.REFUSE), upstream);
                RawClient client = new RawClient(rig.port())) {
            assertThat(client.send(GET).answer().body()).isEqualTo("{\"secret\":1}");
        }
    }

    @Test
    void aHeadDoesNotSayHowLongTheWholeBodyIs() throws IOException {
        try (RawUpstream upstream =
                        new RawUpstream((connection, _) -> {
                            connection.head();
                            connection.write(
                                    "HTTP/1.1 200 OK\r\nContent-Type:"
                                            + " application/json\r\nContent-Length:"
                                            + " 999\r\n\r\n");
                            connection.untilClosed();
                        });
                ProxyRig rig = rig(responses(Otherwise.REFUSE), upstream);
                RawClient client = new RawClient(rig.port())) {
            client.send(GET.replace("GET", "HEAD"));
            assertThat(client.headOnly().has("content-length")).isFalse();
        }
    }

    /** The client has been sent nothing yet. */
    @Test
    void aResponseThatBreaksOffIsAnError() throws IOException {
        try (RawUpstream upstream =
                        new RawUpstream((connection, _) -> {
                            connection.head();
                            connection.write(json("", "{\"a\":1}").replace("7", "60"));
                            connection.reset();
                        });
                ProxyRig rig = rig(responses(Otherwise.REFUSE), upstream);
                RawClient client = new RawClient(rig.port())) {
            assertThat(client.send(GET).answer().status()).isEqualTo(502);
            rig.awaitRest();
        }
    }

    @Test
    void aClientThatLeavesMeanwhileHoldsNothing() throws IOException {
        try (RawUpstream upstream =
                        new RawUpstream((connection, _) -> {
                            connection.head();
                            connection.write(json("", "{\"a\":1}").replace("7", "60"));
                            connection.untilClosed();
                        });
                ProxyRig rig = rig(responses(Otherwise.REFUSE), upstream);
                RawClient client = new RawClient(rig.port())) {
            client.send(GET);
            await().until(() -> !upstream.heads.isEmpty());
            client.reset();
            await().until(() -> rig.finished.size() == 1);
            rig.awaitRest();
        }
    }

    /** As long as one body takes all the memory there is for them, no other is read. */
    @Test
    void thereIsABoundForAllBodiesTogether() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        String head = json("", "{\"a\":1}");
        try (RawUpstream upstream =
                        new RawUpstream((connection, number) -> {
                            while (true) {
                                connection.head();
                                connection.write(head.substring(0, head.length() - 2));
                                if (number == 1) {
                                    go.await();
                                }
                                connection.write(head.substring(head.length() - 2));
                            }
                        });
                ProxyRig rig = rig(responses(Otherwise.REFUSE), upstream);
                RawClient first = new RawClient(rig.port());
                RawClient second = new RawClient(rig.port())) {
            first.send(GET);
            // Its part of the body has come when there is no room for another.
            await().until(() -> second.send(GET).answer().status() == 503);
            go.countDown();
            assertThat(first.answer().body()).isEqualTo("{\"a\":1}");
            await().until(() -> second.send(GET).answer().status() == 200);
            rig.awaitRest();
        }
    }

    @Test
    void aClientThatSendsHalfABodyHoldsItsPlaceOnlyWhileItIsThere() throws IOException {
        try (RawUpstream upstream = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = rig(requests(Otherwise.REFUSE), upstream)) {
            try (RawClient half = new RawClient(rig.port())) {
                half.send(POST + "Content-Length: 7\r\n\r\n{");
                await().until(() -> status(rig) == 413);
                half.reset();
            }
            await().until(() -> status(rig) == 200);
            rig.awaitRest();
        }
    }

    private static int status(ProxyRig rig) throws IOException {
        try (RawClient client = new RawClient(rig.port())) {
            return client.send(POST + "Content-Length: 7\r\n\r\n{\"a\":1}").answer().status();
        }
    }

    // ---- requests without some fields

    private static void post(RawClient client, String rest) throws IOException {
        assertThat(client.send(POST + rest).answer().status()).isEqualTo(200);
    }

    @Test
    void aRequestLosesItsFields() throws IOException {
        String body = "{\"secret\": 1, \"a\": 2}";
        try (RawUpstream upstream = RawUpstream.answering(RawUpstream.OK);
                ProxyRig rig = rig(requests(Otherwise.REFUSE), upstream);
                RawClient client = new RawClient(rig.port())) {
            post(client, "Content-MD5: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            post(client, chunked(body.substring(0, 5), body.substring(5)));
            assertThat(upstream.bodies).containsExactly("{\"a\":2}", "{\"a\":2}");
            assertThat(upstream.heads.getFirst())
                    .containsIgnoringCase("transfer-encoding: chunked")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("content-md5");
            client.send("GET / HTTP/1.1\r\nHost: upstream\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            rig.awaitRest();
        }
    }

    @Test
    void aRequestThatCannotBeReadIsRefusedOrPassesWhole() throws IOException {
        String large = "Content-Length: " + large().length() + "\r\n\r\n" + large();
        String pieces = chunked(large().substring(0, 30), large().substring(30));
        String none = chunked("{");
        String encoded = "Content-Encoding: gzip\r\n" + chunked("x");
        try (RawUpstream upstream = RawUpstream.answering(RawUpstream.OK);
                ProxyRig strict = rig(requests(Otherwise.REFUSE), upstream);
                ProxyRig lenient = rig(requests(Otherwise.PASS), upstream);
                RawClient passed = new RawClient(lenient.port())) {
            int[] statuses = {413, 413, 400, 415};
            int i = 0;
            for (String each : List.of(large, pieces, none, encoded)) {
                try (RawClient refused = new RawClient(strict.port())) {
                    refused.send(POST + each);
                    assertThat(refused.answer().status()).isEqualTo(statuses[i++]);
                }
            }
            strict.awaitRest();
            assertThat(upstream.bodies).isEmpty();
            for (String each : List.of(large, pieces, none, encoded)) {
                passed.send(POST + each);
                assertThat(passed.answer().status()).isEqualTo(200);
            }
            assertThat(upstream.bodies).containsExactly(large(), large(), "{", "x");
            lenient.awaitRest();
        }
    }
}
