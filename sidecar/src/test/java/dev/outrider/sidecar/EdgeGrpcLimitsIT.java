package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Grpc;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a gRPC client of an edge is told when a limit refuses its call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before the tests
class EdgeGrpcLimitsIT {
    private H2Peer server;
    private H2Peer client;
    private Mesh mesh;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = H2Peer.server();
        mesh = new Mesh(folder);
        String yaml =
                """
                profile: edge
                name: edge
                admin: {listen: "127.0.0.1:0"}
                edge:
                  http: {listen: "127.0.0.1:0", redirect: false}
                  services:
                    app:
                      hosts: [app]
                      endpoints: {static: ["127.0.0.1:%d"]}
                      mtls: false
                      protocol: http2
                  limits:
                    named:
                      brief: {quotas: {requests: 1, per: 50s}, algorithm: token-bucket}
                      long: {quotas: {hour: 1}, algorithm: token-bucket}
                  routes:
                    - name: brief
                      match: {path: {prefix: /brief}}
                      service: app
                      auth: {anonymous: true}
                      limits: [brief]
                    - name: long
                      match: {path: {prefix: /long}}
                      service: app
                      auth: {anonymous: true}
                      limits: [long]
                """
                        .formatted(server.port());
        client = H2Peer.client(MeshPair.port(mesh.start("edge", yaml), "edge-plain"));
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        mesh.close();
        server.close();
    }

    private H2Stream call(String path) {
        return client.open()
                .head(
                        false,
                        ":method",
                        "POST",
                        ":scheme",
                        "http",
                        ":authority",
                        "app",
                        ":path",
                        path,
                        "content-type",
                        "application/grpc+proto",
                        "te",
                        "trailers")
                .data(true, "question");
    }

    /** The first is let through, the second is not. */
    private H2Stream.Event.Head refused(String path) throws Exception {
        H2Stream first = call(path);
        server.accept().head(true, ":status", "200", Grpc.STATUS, "0");
        assertThat(first.fields().get(Grpc.STATUS)).isEqualTo("0");
        H2Stream.Event.Head end = call(path).fields();
        assertThat(end.last()).isTrue();
        assertThat(end.get(":status")).isEqualTo("200");
        assertThat(end.get(Grpc.STATUS)).isEqualTo("8");
        assertThat(end.get(Grpc.MESSAGE)).startsWith("rate-limited");
        return end;
    }

    @Test
    void theClientIsToldInTheOnlyTrailersWhenToTryAgain() throws Exception {
        H2Stream.Event.Head end = refused("/brief");

        long millis = Long.parseLong(end.get(Grpc.PUSHBACK));
        assertThat(millis).isBetween(1L, 50_000L);
        assertThat(end.get("retry-after")).isEqualTo(Long.toString((millis + 999) / 1000));
    }

    @Test
    void theClientIsNotToHoldACallForLong() throws Exception {
        H2Stream.Event.Head end = refused("/long");

        assertThat(end.get(Grpc.PUSHBACK)).isEqualTo("-1");
        assertThat(Long.parseLong(end.get("retry-after"))).isGreaterThan(60);
    }
}
