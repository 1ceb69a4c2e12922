package dev.outrider.examples.training;

import dev.outrider.certs.ca.AuthorityDirectory;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An edge has clients that come by TLS, over both versions of HTTP, with a token, a key or neither,
 * and some whom it refuses; what it lets pass goes into the mesh by mutual TLS, and to an app in
 * plain text.
 */
record EdgeLesson(TrainingFiles files, EdgeCredentials credentials, TrainingDoor door)
        implements Lesson {
    /** As many as make the last tier compile the path, TLS and all. */
    private static final int CALLS = 40_000;

    /** Rounds of what goes wrong, beside them; each connection begins with a handshake. */
    private static final int MISHAPS = 100;

    private static final String ORIGIN = "https://app.example.com";

    static EdgeLesson prepare(
            TrainingFiles files, AuthorityDirectory authority, EventLoopGroup loops)
            throws IOException, InterruptedException {
        TrainingRedis.start(loops, files.ports().of("redis"));
        EdgeCredentials credentials = EdgeCredentials.make(files.directory(), authority);
        TrainingDoor door =
                TrainingDoor.tls(
                        EdgeCredentials.HOST,
                        files.ports().of("trained https"),
                        credentials.roots());
        return new EdgeLesson(files, credentials, door);
    }

    @Override
    public String configuration() {
        return new EdgeFile(files, credentials).text();
    }

    @Override
    public List<TrainingCalls> calls(EventLoopGroup loops) throws InterruptedException {
        TrainingCalls http1 = new TrainingCalls(loops, door, requests(), CALLS);
        http1.overHttp1(8);
        List<TrainingRequest> withGrpc = new ArrayList<>(requests());
        for (int i = 0; i < 8; i++) {
            withGrpc.add(TrainingRequest.grpc("/shop.Orders/Get", bearer(i), 200));
        }
        TrainingCalls http2 = new TrainingCalls(loops, door, withGrpc, CALLS / 2);
        http2.overHttp2(8);
        return List.of(http1, http2);
    }

    @Override
    public List<TrainingMishaps> mishaps() {
        return List.of(new TrainingMishaps(door, EdgeFile.ORDERS, bearer(0), MISHAPS));
    }

    /** Mostly good ones, as everywhere. */
    private List<TrainingRequest> requests() {
        List<TrainingRequest> all = new ArrayList<>();
        Map<String, String> key = Map.of("X-Api-Key", credentials.apiKey());
        for (int user = 0; user < credentials.tokens().size(); user++) {
            all.add(TrainingRequest.get("/orders/7?verbose=1", bearer(user), 200));
            all.add(TrainingRequest.get("/users/" + user + "/items", key, 200));
            all.add(TrainingRequest.get("/pages/7", Map.of("Cookie", "seen=1"), 200));
        }
        all.add(
                TrainingRequest.get(
                        "/orders/8",
                        Map.of("Origin", ORIGIN, "Authorization", bearer(1).get("Authorization")),
                        200));
        all.add(TrainingRequest.get("/health", Map.of(), 200));
        all.add(TrainingRequest.get("/orders/8", Map.of(), 401));
        all.add(TrainingRequest.get("/orders/8", Map.of("Authorization", "Bearer a.b.c"), 401));
        all.add(TrainingRequest.get("/users/1/items", Map.of("X-Api-Key", "ork_no"), 401));
        all.add(TrainingRequest.get("/reports/1", bearer(2), 403));
        all.add(TrainingRequest.get("/nowhere", Map.of(), 404));
        all.add(TrainingRequest.get("/scarce", Map.of(), 429));
        all.add(TrainingRequest.get("/scarce-everywhere", Map.of(), 429));
        all.add(preflight());
        return all;
    }

    private static TrainingRequest preflight() {
        return new TrainingRequest(
                HttpMethod.OPTIONS,
                "/orders/8",
                Map.of("Origin", ORIGIN, "Access-Control-Request-Method", "GET"),
                Unpooled.EMPTY_BUFFER,
                204);
    }

    private Map<String, String> bearer(int user) {
        return Map.of("Authorization", "Bearer " + credentials.tokens().get(user));
    }
}
