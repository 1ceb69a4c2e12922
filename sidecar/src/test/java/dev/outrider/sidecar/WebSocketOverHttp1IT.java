package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebSocket where the two sidecars speak HTTP/1.1 with each other, which is what they do unset. */
class WebSocketOverHttp1IT {
    @Test
    void echoesAndTellsTheServerWhenTheClientVanishes(@TempDir Path folder) throws Exception {
        try (WebSocketApp app = new WebSocketApp();
                MeshPair pair = new MeshPair(folder, app.port(), "", "timeout: 50s");
                HttpClient http = HttpClient.newHttpClient()) {
            WebSocketEvents events = new WebSocketEvents();
            WebSocket socket =
                    http.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws://localhost:" + pair.port() + "/chat"), events)
                            .join();
            socket.sendText("I vanish", true).join();
            assertThat(events.next()).isEqualTo("text I vanish");
            socket.abort();
            assertThat(app.events.poll(60, TimeUnit.SECONDS)).isEqualTo("gone after I vanish");
        }
    }
}
