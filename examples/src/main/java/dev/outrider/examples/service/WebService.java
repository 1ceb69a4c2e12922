package dev.outrider.examples.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** The shop's front: takes an order, shows one as a page or as JSON. Keeps nothing. */
final class WebService implements HttpService.Handler {
    private static final JsonMapper JSON = new JsonMapper();

    private final Neighbours neighbours;
    private final RandomGenerator random;

    WebService(Neighbours neighbours, RandomGenerator random) {
        this.neighbours = neighbours;
        this.random = random;
    }

    @Override
    public Reply handle(Call call) throws Call.Refusal, IOException, InterruptedException {
        List<String> path = call.segments();
        return switch (call.method() + " " + path.getFirst()) {
            case "GET health" -> Reply.json(200, JSON.createObjectNode().put("status", "UP"));
            case "GET " -> Reply.html(front());
            case "POST orders" -> order(call);
            case "GET orders" -> show(call, path);
            default -> Reply.problem(404, "there is GET /, POST /orders and GET /orders/ID");
        };
    }

    private Reply order(Call call) throws Call.Refusal, InterruptedException {
        JsonNode wanted = call.json();
        var order =
                JSON.createObjectNode()
                        .put("item", Call.text(wanted, "item"))
                        .put("cents", Call.cents(wanted, "cents"));
        String id = "%016x".formatted(random.nextLong());
        return neighbours.send(call, "PUT", "orders", "/orders/" + id, order);
    }

    private Reply show(Call call, List<String> path)
            throws Call.Refusal, IOException, InterruptedException {
        if (path.size() != 2 || !OrdersService.ID.matcher(path.getLast()).matches()) {
            throw new Call.Refusal(404, "no such order");
        }
        Reply answer = neighbours.get(call, "orders", "/orders/" + path.getLast());
        String accept = Objects.requireNonNullElse(call.header("accept"), "");
        if (answer.status() != 200 || !accept.contains("text/html")) {
            return answer;
        }
        return Reply.html(page(JSON.readTree(answer.body())));
    }

    private static String front() {
        return "<!doctype html><title>Shop</title><h1>Shop</h1><p>POST /orders with"
                + " {\"item\":\"tea\",\"cents\":500}</p>";
    }

    private static String page(JsonNode order) {
        JsonNode invoice = order.path("invoice");
        return """
        <!doctype html><title>Order %s</title>
        <h1>%s</h1>
        <table>
        <tr><th>Order<td>%s
        <tr><th>Price<td>%s
        <tr><th>Tax<td>%s
        <tr><th>To pay<td>%s
        </table>
        """
                .formatted(
                        escaped(order.path("id").asText()),
                        escaped(order.path("item").asText()),
                        escaped(order.path("state").asText()),
                        euros(order.path("cents").asLong()),
                        euros(invoice.path("tax").asLong()),
                        euros(invoice.path("gross").asLong()));
    }

    private static String euros(long cents) {
        return "%d.%02d €".formatted(cents / 100, cents % 100);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
