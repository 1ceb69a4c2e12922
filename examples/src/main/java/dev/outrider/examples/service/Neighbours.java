package dev.outrider.examples.service;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls to other services: plain HTTP to the outbound port of the own sidecar, which knows the
 * service by the Host header and does the rest. Needs {@code
 * -Djdk.httpclient.allowRestrictedHeaders=host}, since Java's client else keeps that header for
 * itself.
 */
final class Neighbours implements AutoCloseable {
    /** A sidecar cannot tell which call belongs to which request; these headers do. */
    private static final List<String> CONTEXT =
            List.of(
                    "traceparent",
                    "tracestate",
                    "baggage",
                    "b3",
                    "x-b3-traceid",
                    "x-b3-spanid",
                    "x-b3-parentspanid",
                    "x-b3-sampled",
                    "x-request-id",
                    "outrider-timeout-ms");

    /** What a caller further up should hear of a failure that a proxy explained. */
    private static final List<String> EXPLANATION =
            List.of("proxy-status", "retry-after", "x-request-id");

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final HttpClient client;
    private final URI sidecar;

    Neighbours(int outboundPort) {
        sidecar = URI.create("http://127.0.0.1:" + outboundPort);
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(2))
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .build();
    }

    /** Calls on behalf of {@code incoming}; a failure comes back as the reply it is. */
    Reply send(Call incoming, String method, String service, String path, JsonNode body)
            throws InterruptedException {
        HttpRequest.Builder request = request(incoming, service, path);
        request.header("Content-Type", "application/json");
        return send(request.method(method, BodyPublishers.ofString(body.toString())));
    }

    Reply get(Call incoming, String service, String path) throws InterruptedException {
        return send(request(incoming, service, path).GET());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest.Builder request(Call incoming, String service, String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(sidecar.resolve(path))
                        .timeout(LONGEST)
                        .header("Host", service)
                        .header("Accept", "application/json");
        for (String name : CONTEXT) {
            String value = incoming.header(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        return request;
    }

    private Reply send(HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<byte[]> response =
                    client.send(request.build(), BodyHandlers.ofByteArray());
            Map<String, String> headers = new LinkedHashMap<>();
            for (String name : EXPLANATION) {
                response.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
            }
            String type = response.headers().firstValue("Content-Type").orElse("text/plain");
            return new Reply(response.statusCode(), type, headers, response.body());
        } catch (IOException e) {
            return Reply.problem(502, "the own sidecar does not answer: " + e);
        }
    }
}
