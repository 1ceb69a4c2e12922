package dev.outrider.examples.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Keeps orders, and has each one billed. The order is stored before billing is asked, so that one
 * whose billing failed can be billed by putting it again.
 */
final class OrdersService implements HttpService.Handler {
    static final Pattern ID = Pattern.compile("[0-9a-z]{1,40}");
    private static final JsonMapper JSON = new JsonMapper();

    private final OrderStore store;
    private final Neighbours neighbours;

    OrdersService(OrderStore store, Neighbours neighbours) {
        this.store = store;
        this.neighbours = neighbours;
    }

    @Override
    public Reply handle(Call call) throws Call.Refusal, IOException, InterruptedException {
        List<String> path = call.segments();
        if (call.method().equals("GET") && path.getFirst().equals("health")) {
            return Reply.json(200, JSON.createObjectNode().put("status", "UP"));
        }
        if (path.size() != 2
                || !path.getFirst().equals("orders")
                || !ID.matcher(path.get(1)).matches()) {
            throw new Call.Refusal(404, "there is GET and PUT /orders/ID");
        }
        return switch (call.method()) {
            case "GET" -> show(path.get(1));
            case "PUT" -> take(call, path.get(1));
            default -> throw new Call.Refusal(405, "an order can be read with GET and put");
        };
    }

    private Reply show(String id) throws Call.Refusal, IOException {
        OrderStore.Order order =
                store.find(id).orElseThrow(() -> new Call.Refusal(404, "no such order"));
        return Reply.json(200, json(order));
    }

    private Reply take(Call call, String id)
            throws Call.Refusal, IOException, InterruptedException {
        JsonNode wanted = call.json();
        OrderStore.Order order =
                store.put(id, Call.text(wanted, "item"), Call.cents(wanted, "cents"));
        JsonNode amount = JSON.createObjectNode().put("cents", order.cents());
        // PUT: asking twice for the same order's invoice gives the same invoice.
        Reply answer = neighbours.send(call, "PUT", "billing", "/invoices/" + id, amount);
        if (answer.status() != 200) {
            return answer;
        }
        return Reply.json(200, json(store.billed(id, new String(answer.body(), UTF_8))));
    }

    private static ObjectNode json(OrderStore.Order order) throws IOException {
        ObjectNode json =
                JSON.createObjectNode()
                        .put("id", order.id())
                        .put("item", order.item())
                        .put("cents", order.cents())
                        .put("state", order.invoice() == null ? "open" : "billed");
        if (order.invoice() != null) {
            json.set("invoice", JSON.readTree(order.invoice()));
        }
        return json;
    }
}
