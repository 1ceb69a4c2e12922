package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both ends of ours over loopback. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class H2ClientConnectionIT {
    private ServerRig server;
    private ClientRig client;

    @BeforeEach
    void start() throws InterruptedException {
        server = new ServerRig(new EchoHandler(), H2Limits.DEFAULTS);
        client = new ClientRig(server.port(), H2Limits.DEFAULTS);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void aRequestWithoutABodyIsAnswered() {
        Recorder get = client.send(ClientRig.head("GET", "/a?b", BodyLength.NONE, null), true);
        await().until(() -> get.done);
        assertThat(get.status()).isEqualTo(200);
        assertThat(get.body()).isEqualTo("ok");
        assertThat(get.headers().get("x-target")).isEqualTo("/a?b");
        await().until(() -> client.capacity() == 100);
    }

    @Test
    void bodiesAndTrailersGoBothWays() {
        Recorder post = client.send(ClientRig.head("POST", "/", BodyLength.UNKNOWN, null), false);
        post.data("hello ");
        await().until(() -> post.body().equals("hello "));
        post.data("world");
        Headers trailers = new Headers();
        trailers.add("Grpc-Status", "0");
        post.finish(trailers);
        await().until(() -> post.done);
        assertThat(post.body()).isEqualTo("hello world");
        assertThat(post.trailers().get("grpc-status")).isEqualTo("0");
    }

    @Test
    void anExtendedConnectBecomesATunnel() {
        Recorder tunnel =
                client.send(ClientRig.head("GET", "/ws", BodyLength.UNKNOWN, "websocket"), false);
        await().until(() -> tunnel.status() == 101);
        tunnel.data("ping");
        await().until(() -> tunnel.body().equals("ping"));
        tunnel.finish(Headers.EMPTY);
        await().until(() -> tunnel.done);
        assertThat(tunnel.error()).isNull();
    }
}
