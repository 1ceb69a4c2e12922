package dev.outrider.examples.service;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Writes invoices. For the story it can be told to be slow: {@code POST /control/slow} with {@code
 * {"millis": 2000}}, and {@code POST /control/healthy}. Only whoever is on this machine can say so;
 * the sidecar lets other services call {@code /invoices/} alone.
 */
final class BillingService implements HttpService.Handler {
    private static final long TAX_PERCENT = 19;
    private static final long SLOWEST_MILLIS = 60_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final String instance;
    private final InvoiceStore store;
    private volatile Duration delay = Duration.ZERO;

    BillingService(String instance, InvoiceStore store) {
        this.instance = instance;
        this.store = store;
    }

    @Override
    public Reply handle(Call call) throws Call.Refusal, IOException, InterruptedException {
        List<String> path = call.segments();
        return switch (call.method() + " " + path.getFirst()) {
            case "GET health" -> Reply.json(200, JSON.createObjectNode().put("status", "UP"));
            case "GET invoices" -> count();
            case "PUT invoices" -> bill(call, path);
            case "POST control" -> control(call, path);
            default -> throw new Call.Refusal(404, "there is PUT /invoices/ORDER");
        };
    }

    private Reply bill(Call call, List<String> path)
            throws Call.Refusal, IOException, InterruptedException {
        if (path.size() != 2 || !OrdersService.ID.matcher(path.get(1)).matches()) {
            throw new Call.Refusal(404, "an invoice is at /invoices/ORDER");
        }
        long net = Call.cents(call.json(), "cents");
        Thread.sleep(delay);
        InvoiceStore.Invoice invoice = store.put(path.get(1), net, tax(net), instance);
        return Reply.json(
                200,
                JSON.createObjectNode()
                        .put("number", invoice.number())
                        .put("net", invoice.net())
                        .put("tax", invoice.tax())
                        .put("gross", invoice.gross())
                        .put("writtenBy", invoice.instance())
                        .put("answeredBy", instance));
    }

    private Reply count() throws IOException {
        return Reply.json(200, JSON.createObjectNode().put("invoices", store.count()));
    }

    private Reply control(Call call, List<String> path) throws Call.Refusal {
        delay =
                switch (path.getLast()) {
                    case "slow" -> Duration.ofMillis(millis(call));
                    case "healthy" -> Duration.ZERO;
                    default -> throw new Call.Refusal(404, "there is slow and healthy");
                };
        return Reply.json(200, JSON.createObjectNode().put("delayMillis", delay.toMillis()));
    }

    private static long millis(Call call) throws Call.Refusal {
        long millis = call.json().path("millis").asLong(0);
        if (millis < 1 || millis > SLOWEST_MILLIS) {
            throw new Call.Refusal(400, "'millis' must be from 1 to " + SLOWEST_MILLIS);
        }
        return millis;
    }

    /** Half a cent is rounded up. */
    static long tax(long net) {
        return (net * TAX_PERCENT + 50) / 100;
    }
}
