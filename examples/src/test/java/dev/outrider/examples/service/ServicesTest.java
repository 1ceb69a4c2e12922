package dev.outrider.examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three services over real HTTP; in the sidecar's place a plain router by Host header. */
final class ServicesTest {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient browser = HttpClient.newHttpClient();
    private final Map<String, Integer> route = new ConcurrentHashMap<>();
    private final Map<String, Call> lastCall = new ConcurrentHashMap<>();

    @TempDir Path directory;
    private HttpService router;
    private HttpService web;
    private HttpService orders;
    private HttpService billing;
    private Database ordersFile;
    private Database billingFile;
    private Neighbours neighbours;
    private InvoiceStore invoices;

    @BeforeEach
    void start() throws IOException {
        router = new HttpService(0, this::forward);
        neighbours = new Neighbours(router.port());
        ordersFile = new Database(directory.resolve("orders.db"), OrderStore.SCHEMA);
        billingFile = new Database(directory.resolve("billing.db"), InvoiceStore.SCHEMA);
        invoices = new InvoiceStore(billingFile);
        web = new HttpService(0, new WebService(neighbours, new Random(1)));
        orders = new HttpService(0, new OrdersService(new OrderStore(ordersFile), neighbours));
        billing = new HttpService(0, new BillingService("billing-1", invoices));
        route.put("orders", orders.port());
        route.put("billing", billing.port());
    }

    @AfterEach
    void stop() throws IOException {
        web.close();
        orders.close();
        billing.close();
        router.close();
        neighbours.close();
        browser.close();
        ordersFile.close();
        billingFile.close();
    }

    @Test
    void anOrderIsStoredAndBilledWithTax() throws Exception {
        JsonNode order = JSON.readTree(buy("tea", 499).body());

        assertThat(order.path("state").asText()).isEqualTo("billed");
        assertThat(order.path("invoice").path("tax").asLong()).isEqualTo(95);
        assertThat(order.path("invoice").path("gross").asLong()).isEqualTo(594);
        String again = get("/orders/" + order.path("id").asText(), "application/json").body();
        assertThat(JSON.readTree(again)).isEqualTo(order);
    }

    @Test
    void aPageShowsTheOrderWithWhatTheBuyerTypedMadeHarmless() throws Exception {
        JsonNode order = JSON.readTree(buy("<script>", 1000).body());

        String page = get("/orders/" + order.path("id").asText(), "text/html").body();

        assertThat(page).contains("&lt;script&gt;", "11.90 €").doesNotContain("<script>");
    }

    @Test
    void billingTheSameOrderTwiceMakesOneInvoice() throws Exception {
        HttpRequest.Builder put =
                HttpRequest.newBuilder(uri(billing, "/invoices/7"))
                        .PUT(BodyPublishers.ofString("{\"cents\":100}"));

        String first = send(put).body();
        String second = send(put).body();

        assertThat(second).isEqualTo(first);
        assertThat(invoices.count()).isEqualTo(1);
    }

    @Test
    void contextHeadersTravelFromHopToHop() throws Exception {
        HttpRequest.Builder request =
                order("tea", 100)
                        .header(
                                "traceparent",
                                "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
                        .header("x-request-id", "r1")
                        .header("secret", "not for others");
        send(request);

        assertThat(received("billing").headers())
                .containsEntry(
                        "traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
                .containsEntry("x-request-id", "r1")
                .doesNotContainKey("secret");
    }

    @Test
    void aFailureOfBillingReachesTheBuyerAsItIsAndTheOrderStaysOpen() throws Exception {
        route.remove("billing");

        HttpResponse<String> answer = buy("tea", 100);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Proxy-Status")).contains("test; error=x");
        assertThat(answer.headers().firstValue("Retry-After")).contains("3");
        String id = received("orders").segments().getLast();
        assertThat(get("/orders/" + id, "application/json").body()).contains("\"state\":\"open\"");
    }

    @Test
    void billingIsSlowWhenToldAndQuickAgain() throws Exception {
        assertThat(control("slow", "{\"millis\":60001}").statusCode()).isEqualTo(400);
        assertThat(control("slow", "{\"millis\":300}").body()).contains("\"delayMillis\":300");
        long started = System.nanoTime();
        buy("tea", 100);
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(300_000_000);

        assertThat(control("healthy", "").body()).contains("\"delayMillis\":0");
    }

    @Test
    void badInputIsRefusedInWords() throws Exception {
        assertThat(buy("", 100).body()).contains("'item' must be a text");
        assertThat(buy("tea", 0).body()).contains("'cents' must be a whole number");
        assertThat(get("/orders/..%2fx", "*/*").statusCode()).isEqualTo(404);
        assertThat(get("/nowhere", "*/*").statusCode()).isEqualTo(404);
        String large = "x".repeat(70_000);
        assertThat(
                        send(HttpRequest.newBuilder(uri(web, "/orders"))
                                        .POST(BodyPublishers.ofString(large)))
                                .statusCode())
                .isEqualTo(413);
    }

    private Call received(String service) {
        return Objects.requireNonNull(lastCall.get(service), service);
    }

    private Reply forward(Call call) throws InterruptedException, IOException {
        String host = call.headers().get("host");
        lastCall.put(host, call);
        Integer port = route.get(host);
        if (port == null) {
            Map<String, String> headers =
                    Map.of("Proxy-Status", "test; error=x", "Retry-After", "3");
            return new Reply(503, "application/problem+json", headers, new byte[] {'{', '}'});
        }
        URI target = URI.create("http://127.0.0.1:" + port + call.uri());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target)
                        .method(call.method(), BodyPublishers.ofByteArray(call.body()));
        for (String name : new String[] {"traceparent", "x-request-id", "accept"}) {
            String value = call.header(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        HttpResponse<byte[]> answer = browser.send(request.build(), BodyHandlers.ofByteArray());
        Map<String, String> headers = new HashMap<>();
        for (String name : new String[] {"proxy-status", "retry-after"}) {
            answer.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
        }
        return new Reply(answer.statusCode(), "application/json", headers, answer.body());
    }

    private HttpResponse<String> buy(String item, long cents) throws Exception {
        return send(order(item, cents));
    }

    private HttpRequest.Builder order(String item, long cents) {
        String body = JSON.createObjectNode().put("item", item).put("cents", cents).toString();
        return HttpRequest.newBuilder(uri(web, "/orders")).POST(BodyPublishers.ofString(body));
    }

    private HttpResponse<String> control(String word, String body) throws Exception {
        return send(
                HttpRequest.newBuilder(uri(billing, "/control/" + word))
                        .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        return send(HttpRequest.newBuilder(uri(web, path)).header("Accept", accept).GET());
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    private static URI uri(HttpService service, String path) {
        return URI.create("http://127.0.0.1:" + service.port() + path);
    }
}
