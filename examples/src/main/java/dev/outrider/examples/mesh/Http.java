package dev.outrider.examples.mesh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A plain HTTP client that is never waited for longer than 15 seconds. */
public final class Http implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(15);
    private static final JsonMapper JSON = new JsonMapper();

    private final Ticker ticker;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .build();

    /** An answer and the time it took. */
    public record Answer(HttpResponse<String> response, long millis) {
        public int status() {
            return response.statusCode();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** A missing node if the body is no JSON. */
        public JsonNode json() {
            return Http.parse(response.body());
        }
    }

    public Http(Ticker ticker) {
        this.ticker = ticker;
    }

    public Answer get(URI uri) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri).GET());
    }

    public Answer post(URI uri, String json) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json)));
    }

    public Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        long started = ticker.nanos();
        HttpResponse<String> response =
                client.send(request.timeout(LONGEST).build(), BodyHandlers.ofString());
        return new Answer(response, (ticker.nanos() - started) / 1_000_000);
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
