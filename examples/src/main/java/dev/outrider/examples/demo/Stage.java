package dev.outrider.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.mesh.Http;
import dev.outrider.examples.mesh.Http.Answer;
import dev.outrider.examples.mesh.Mesh;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.process.Patience;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** What every act may use: the mesh, a shopper's browser, and eyes on the sidecars. */
final class Stage {
    private final Mesh mesh;
    private final Http http;
    private final Patience patience;
    private final Ticker ticker;
    private final AtomicInteger purchases = new AtomicInteger();

    /** An answer to a purchase, and the request id it had. */
    record Purchase(String requestId, Answer answer) {
        boolean good() {
            return answer.status() == 200;
        }

        String invoice() {
            JsonNode invoice = answer.json().path("invoice");
            return "invoice %d of %s"
                    .formatted(
                            invoice.path("number").asLong(), invoice.path("answeredBy").asText());
        }
    }

    Stage(Mesh mesh, Http http, Patience patience, Ticker ticker) {
        this.mesh = mesh;
        this.http = http;
        this.patience = patience;
        this.ticker = ticker;
    }

    Mesh mesh() {
        return mesh;
    }

    Http http() {
        return http;
    }

    Patience patience() {
        return patience;
    }

    Ticker ticker() {
        return ticker;
    }

    /** A shopper orders tea: browser, web, orders, billing. Any thread. */
    Purchase buy() throws IOException, InterruptedException {
        String requestId = "demo-" + purchases.incrementAndGet();
        Answer answer =
                http.send(
                        HttpRequest.newBuilder(mesh.door().resolve("/orders"))
                                .header("Content-Type", "application/json")
                                .header("Accept", "application/json")
                                .header("x-request-id", requestId)
                                .POST(BodyPublishers.ofString("{\"item\":\"tea\",\"cents\":499}")));
        return new Purchase(requestId, answer);
    }

    /** Tells a billing instance how to be: {@code slow} or {@code healthy}. */
    void tell(Workload billing, String word, String json) throws IOException, InterruptedException {
        Answer answer = http.post(mesh.app(billing).resolve("/control/" + word), json);
        if (answer.status() != 200) {
            throw new IOException(billing.instance() + " says " + answer.response().body());
        }
    }

    /** How many invoices billing has written, whichever instance is asked. */
    long invoices() throws IOException, InterruptedException {
        return http.get(mesh.app(Workload.BILLING_2).resolve("/invoices"))
                .json()
                .path("invoices")
                .asLong();
    }

    /** The state of the breaker that the orders sidecar has for billing. */
    String breaker() throws IOException, InterruptedException {
        JsonNode breakers = http.get(mesh.admin(Workload.ORDERS).resolve("/breakers")).json();
        return find(breakers, "billing")
                .map(it -> it.path("state").asText())
                .orElseThrow(() -> new IOException("no breaker of billing in " + breakers));
    }

    /** The attempts of one request from orders to billing. */
    Optional<List<JsonNode>> attempts(String requestId) throws IOException {
        return mesh.accessLogs()
                .request(Workload.ORDERS, "outbound", requestId)
                .map(line -> List.copyOf(line.path("attempts").valueStream().toList()));
    }

    private static Optional<JsonNode> find(JsonNode tree, String name) {
        if (tree.path("name").asText().equals(name)) {
            return Optional.of(tree);
        }
        for (JsonNode child : tree) {
            Optional<JsonNode> found = find(child, name);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
