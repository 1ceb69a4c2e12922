package dev.outrider.injector.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.outrider.injector.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** {@code /live}, {@code /ready} and {@code /metrics}. */
final class HealthHandler implements HttpHandler {
    private final Metrics metrics;
    private final Supplier<List<String>> unready;

    HealthHandler(Metrics metrics, Supplier<List<String>> unready) {
        this.metrics = metrics;
        this.unready = unready;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")
                    && !exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, "text/plain", "this port is for GET\n");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/live" -> send(exchange, 200, "text/plain", "live\n");
                case "/ready" -> ready(exchange);
                case "/metrics" -> send(exchange, 200, Metrics.CONTENT_TYPE, metrics.text());
                default -> send(exchange, 404, "text/plain", "/live, /ready and /metrics\n");
            }
        }
    }

    private void ready(HttpExchange exchange) throws IOException {
        List<String> why = unready.get();
        if (why.isEmpty()) {
            send(exchange, 200, "text/plain", "ready\n");
        } else {
            send(exchange, 503, "text/plain", String.join("\n", why) + "\n");
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text)
            throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
        if (!head) {
            exchange.getResponseBody().write(bytes);
        }
    }
}
