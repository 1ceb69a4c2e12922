package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Grpc;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a sidecar does for gRPC calls, between a client and a server that play by frames. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before the tests
class GrpcIT {
    private static final Duration BRIEF = Duration.ofSeconds(5);

    private H2Peer server;
    private H2Peer client;
    private Mesh mesh;
    private Sidecar web;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = H2Peer.server();
        mesh = new Mesh(folder);
        String service =
                """
                {hosts: [%1$s], endpoints: {static: ["127.0.0.1:%2$d"]}, mtls: false,
                      protocol: http2, timeout: %3$s, retry: {grpcStatuses: [14]%4$s},
                      breaker: {enabled: false}, outliers: {enabled: false}}
                """;
        web =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:0
                                  services:
                                    orders: %s
                                    brief: %s
                                    gone: %s
                                    held: %s
                                """
                                        .formatted(
                                                service.formatted(
                                                        "orders", server.port(), "50s", ""),
                                                service.formatted(
                                                        "brief",
                                                        server.port(),
                                                        BRIEF.toSeconds() + "s",
                                                        ""),
                                                service.formatted(
                                                        "gone", MeshPair.freePort(), "50s", ""),
                                                service.formatted(
                                                        "held",
                                                        server.port(),
                                                        "0s",
                                                        ", grpcHold: 1000s")));
        client = H2Peer.client(MeshPair.port(web, "outbound"));
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        mesh.close();
        server.close();
    }

    private H2Stream call(String service, String path, String... pairs) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                ":method", "POST",
                                ":scheme", "http",
                                ":authority", service,
                                ":path", path,
                                "content-type", "application/grpc+proto",
                                "te", "trailers"));
        all.addAll(Arrays.asList(pairs));
        return client.open().head(false, all.toArray(String[]::new));
    }

    private H2Stream unary(String service, String path, String... pairs) {
        return call(service, path, pairs).data(true, "question");
    }

    /** All of a response in one flush, as a server writes what it knows at once. */
    private static void answer(H2Stream stream, String message, int status) throws Exception {
        Http2Headers head = new DefaultHttp2Headers();
        head.status("200").add("content-type", "application/grpc+proto");
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        Http2Headers trailers = new DefaultHttp2Headers().add(Grpc.STATUS, "" + status);
        stream.channel()
                .eventLoop()
                .submit(() -> {
                    stream.channel().write(new DefaultHttp2HeadersFrame(head));
                    if (bytes.length > 0) {
                        stream.channel()
                                .write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes)));
                    }
                    stream.channel().writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true));
                })
                .sync();
    }

    private H2Stream accepted(String path) throws Exception {
        H2Stream stream = server.accept();
        assertThat(stream.fields().get(":path")).isEqualTo(path);
        return stream;
    }

    private String logged(String path) throws IOException {
        await().atMost(Mesh.PATIENCE).until(() -> !lines(path).isEmpty());
        return lines(path).getFirst();
    }

    private List<String> lines(String path) throws IOException {
        return Files.readAllLines(mesh.accessLog("web")).stream()
                .filter(line -> line.contains("\"" + path + "\""))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"nobody,12,no-route", "gone,14,connect-failed"})
    void anErrorOfTheProxyIsAStatusWithoutABody(String service, String status, String reason)
            throws Exception {
        H2Stream.Event.Head end = unary(service, "/error/" + service).fields();

        assertThat(end.last()).isTrue();
        assertThat(end.get(":status")).isEqualTo("200");
        assertThat(end.get("content-type")).startsWith("application/grpc");
        assertThat(end.get(Grpc.STATUS)).isEqualTo(status);
        assertThat(end.get(Grpc.MESSAGE)).startsWith(reason);
        assertThat(logged("/error/" + service)).contains("\"grpc_status\":" + status);
    }

    @Test
    void aDeadlineThatPassesEndsTheCallOnBothSides() throws Exception {
        H2Stream call = unary("orders", "/late", Grpc.TIMEOUT, "300m");
        H2Stream serving = accepted("/late");
        H2Stream.Event.Head end = call.fields();

        assertThat(end.last()).isTrue();
        assertThat(end.get(Grpc.STATUS)).isEqualTo("4");
        while (!(serving.next() instanceof H2Stream.Event.Reset)) {}
    }

    @Test
    void theTimeThatIsLeftShrinksOnTheWayAndIsNotTheServicesTimeout() throws Exception {
        H2Stream call = unary("brief", "/timed", Grpc.TIMEOUT, "50S");
        H2Stream serving = server.accept();
        H2Stream.Event.Head head = serving.fields();
        answer(serving, "answer", 0);

        assertThat(Grpc.timeoutNanos(head.get(Grpc.TIMEOUT)))
                .isGreaterThan(BRIEF.toNanos())
                .isLessThan(Duration.ofSeconds(50).toNanos());
        assertThat(Long.parseLong(head.get("outrider-timeout-ms"))).isBetween(0L, BRIEF.toMillis());
        assertThat(call.fields().get(":status")).isEqualTo("200");
    }

    @Test
    void aTimeoutThatIsNoneIsLeftAsItIs() throws Exception {
        H2Stream call = unary("orders", "/nonsense", Grpc.TIMEOUT, "soon");
        H2Stream serving = server.accept();
        H2Stream.Event.Head head = serving.fields();
        answer(serving, "answer", 0);

        assertThat(head.get(Grpc.TIMEOUT)).isEqualTo("soon");
        assertThat(call.fields().get(":status")).isEqualTo("200");
    }

    @Test
    void aUnaryCallThatTheServerHadNoTimeForIsTriedAgain() throws Exception {
        H2Stream call = unary("orders", "/again");
        H2Stream first = accepted("/again");
        assertThat(first.read(8)).isEqualTo("question");
        answer(first, "", 14);
        H2Stream second = accepted("/again");
        assertThat(second.read(8)).isEqualTo("question");
        second.head(true, ":status", "200", Grpc.STATUS, "14");
        H2Stream third = accepted("/again");
        assertThat(third.read(8)).isEqualTo("question");
        answer(third, "answer", 0);

        assertThat(call.fields().get(":status")).isEqualTo("200");
        H2Stream.Rest rest = call.rest();
        assertThat(rest.text()).isEqualTo("answer");
        assertThat(rest.trailer(Grpc.STATUS)).isEqualTo("0");
        assertThat(logged("/again")).contains("\"grpc_status\":0").containsPattern("(ms.*){3}");
    }

    /** Frames of a connection are read in order: what was sent before its answer has been read. */
    private void awaitRead() throws Exception {
        H2Stream other = unary("held", "/between");
        answer(accepted("/between"), "ok", 0);
        assertThat(other.fields().get(":status")).isEqualTo("200");
        assertThat(other.rest().text()).isEqualTo("ok");
    }

    private static H2Stream beginning(H2Stream serving) {
        return serving.head(false, ":status", "200", "content-type", "application/grpc");
    }

    @Test
    void aUnaryCallWhoseStatusComesAfterItsHeadIsTriedAgain() throws Exception {
        H2Stream call = unary("held", "/later");
        H2Stream first = beginning(accepted("/later"));
        awaitRead();
        assertThat(call.events).isEmpty();
        first.head(true, Grpc.STATUS, "14");
        H2Stream second = accepted("/later");
        assertThat(second.read(8)).isEqualTo("question");
        beginning(second);
        awaitRead();
        second.head(true, Grpc.STATUS, "5");

        assertThat(call.fields().get(":status")).isEqualTo("200");
        assertThat(call.rest().trailer(Grpc.STATUS)).isEqualTo("5");
        assertThat(logged("/later")).containsPattern("(ms.*){2}");
    }

    @Test
    void aMessageLetsTheHeadGoAtOnce() throws Exception {
        H2Stream call = unary("held", "/message");
        H2Stream serving = beginning(accepted("/message"));
        awaitRead();
        assertThat(call.events).isEmpty();
        serving.data(false, "first");

        assertThat(call.fields().get(":status")).isEqualTo("200");
        assertThat(call.read(5)).isEqualTo("first");
        serving.head(true, Grpc.STATUS, "14");
        assertThat(call.rest().trailer(Grpc.STATUS)).isEqualTo("14");
    }

    @Test
    void theHeadForAStreamThatGoesOnIsNotKeptBack() throws Exception {
        H2Stream call = call("held", "/bidi").data(false, "hello");
        H2Stream serving = accepted("/bidi");
        assertThat(serving.read(5)).isEqualTo("hello");
        beginning(serving);

        assertThat(call.fields().get(":status")).isEqualTo("200");
        serving.head(true, Grpc.STATUS, "14");
        assertThat(call.rest().trailer(Grpc.STATUS)).isEqualTo("14");
    }

    @Test
    void aHeadWithoutAMessageIsKeptBackForAShortTimeOnly() throws Exception {
        H2Stream call = unary("orders", "/metadata");
        H2Stream serving = beginning(accepted("/metadata"));

        assertThat(call.fields().get(":status")).isEqualTo("200");
        serving.data(false, "event");
        assertThat(call.read(5)).isEqualTo("event");
        serving.head(true, Grpc.STATUS, "0");
        assertThat(call.rest().trailer(Grpc.STATUS)).isEqualTo("0");
    }

    @Test
    void theHeadOfTheLastAttemptIsNotKeptBack() throws Exception {
        H2Stream call = unary("held", "/last");
        for (int i = 0; i < 2; i++) {
            accepted("/last").head(true, ":status", "200", Grpc.STATUS, "14");
        }
        H2Stream third = beginning(accepted("/last"));

        assertThat(call.fields().get(":status")).isEqualTo("200");
        third.head(true, Grpc.STATUS, "14");
        assertThat(call.rest().trailer(Grpc.STATUS)).isEqualTo("14");
    }

    @Test
    void aHeadThatIsKeptBackGoesWithItsClient() throws Exception {
        H2Stream call = unary("held", "/left");
        H2Stream serving = beginning(accepted("/left"));
        awaitRead();
        call.reset();
        while (!(serving.next() instanceof H2Stream.Event.Reset)) {}
    }

    /** A message says its length, so a request is kept until it is there or too large. */
    @Test
    void aMessageThatComesInPiecesIsSentAgain() throws Exception {
        H2Stream call = call("held", "/pieces").data(false, "\0\0");
        H2Stream first = accepted("/pieces");
        assertThat(first.read(2)).isEqualTo("\0\0");
        call.data(false, "\0\0\u0006qu");
        assertThat(first.read(5)).isEqualTo("\0\0\u0006qu");
        call.data(true, "estion".substring(0, 4));
        assertThat(first.read(4)).isEqualTo("esti");
        first.head(true, ":status", "200", Grpc.STATUS, "14");
        H2Stream second = accepted("/pieces");

        assertThat(second.read(11)).isEqualTo("\0\0\0\0\u0006questi");
        answer(second, "answer", 0);
        assertThat(call.fields().get(":status")).isEqualTo("200");
        assertThat(call.rest().text()).isEqualTo("answer");
    }

    @Test
    void aStatusThatIsNotListedIsTheAnswer() throws Exception {
        H2Stream call = unary("orders", "/once");
        answer(accepted("/once"), "", 8);

        assertThat(call.fields().get(":status")).isEqualTo("200");
        assertThat(call.rest().trailer(Grpc.STATUS)).isEqualTo("8");
    }

    @Test
    void aStreamIsNotTriedAgainAfterItsFirstMessage() throws Exception {
        H2Stream call = call("orders", "/stream").data(false, "hello");
        H2Stream serving = accepted("/stream");
        assertThat(serving.read(5)).isEqualTo("hello");
        serving.head(false, ":status", "200", "content-type", "application/grpc");
        serving.data(false, "first");
        assertThat(call.fields().get(":status")).isEqualTo("200");
        assertThat(call.read(5)).isEqualTo("first");
        serving.head(true, Grpc.STATUS, "14");

        assertThat(call.rest().trailer(Grpc.STATUS)).isEqualTo("14");
        assertThat(logged("/stream"))
                .contains("\"status\":200,\"grpc_status\":14")
                .containsOnlyOnce("\"outcome\"");
        await().atMost(Mesh.PATIENCE)
                .until(() ->
                        RawClient.get(MeshPair.port(web, "admin"), "localhost", "/metrics")
                                .body()
                                .lines()
                                .anyMatch(line ->
                                        line.startsWith("istio_requests_total")
                                                && line.contains("grpc_response_status=\"14\"")
                                                && line.contains("response_code=\"200\"")));
    }

    @Test
    void aStreamThatHasBegunOutlivesTheServicesTimeout() throws Exception {
        H2Stream call = call("brief", "/long");
        H2Stream serving = accepted("/long");
        serving.head(false, ":status", "200", "content-type", "application/grpc");
        assertThat(call.fields().get(":status")).isEqualTo("200");
        await().pollDelay(BRIEF.plusMillis(500)).until(() -> true);

        assertThat(call.data(true, "ping").events).isEmpty();
        assertThat(serving.read(4)).isEqualTo("ping");
        serving.data(false, "pong").head(true, Grpc.STATUS, "0");
        H2Stream.Rest rest = call.rest();
        assertThat(rest.text()).isEqualTo("pong");
        assertThat(rest.trailer(Grpc.STATUS)).isEqualTo("0");
    }

    @Test
    void aCallCutOffInItsAnswerEndsWithAStatus() throws Exception {
        H2Stream call = call("orders", "/cut");
        H2Stream serving = accepted("/cut");
        serving.head(false, ":status", "200", "content-type", "application/grpc");
        serving.data(false, "half");
        assertThat(call.fields().get(":status")).isEqualTo("200");
        assertThat(call.read(4)).isEqualTo("half");
        serving.reset();

        assertThat(call.rest().trailer(Grpc.STATUS)).isEqualTo("14");
    }

    @Test
    void grpcWebIsLeftAlone() throws Exception {
        H2Stream call =
                client.open()
                        .head(
                                true,
                                ":method",
                                "POST",
                                ":scheme",
                                "http",
                                ":authority",
                                "nobody",
                                ":path",
                                "/web",
                                "content-type",
                                "application/grpc-web+proto",
                                "accept",
                                "application/json");
        H2Stream.Event.Head head = call.fields();

        assertThat(head.get(":status")).isEqualTo("404");
        assertThat(head.get("content-type")).startsWith("application/problem+json");
        assertThat(head.fields().contains(Grpc.STATUS)).isFalse();
        assertThat(call.rest().text()).contains("\"reason\":\"no-route\"");
    }
}
