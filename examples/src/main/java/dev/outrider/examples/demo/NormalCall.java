package dev.outrider.examples.demo;

import dev.outrider.examples.demo.Stage.Purchase;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.story.Act;
import java.time.Duration;
import java.util.Optional;

/** Everything is well. */
final class NormalCall implements Act<Stage> {
    private static final Duration LOGGED = Duration.ofSeconds(10);

    @Override
    public String title() {
        return "A normal call";
    }

    @Override
    public String does() {
        return "a shopper orders tea: web calls orders, orders calls billing";
    }

    @Override
    public String expects() {
        return "200, and each hop knows the caller by its certificate";
    }

    @Override
    public void play(Stage stage, Sightings seen) throws Exception {
        Purchase purchase = stage.buy();
        seen.check(
                purchase.good(),
                "%d in %d ms, %s, 4.99 € and 0.95 € tax"
                        .formatted(
                                purchase.answer().status(),
                                purchase.answer().millis(),
                                purchase.invoice()));
        seen.check(
                purchase.answer().json().path("invoice").path("gross").asLong() == 594,
                "5.94 € to pay");
        knows(stage, seen, Workload.ORDERS, purchase.requestId(), "sa/web");
        Workload billing =
                purchase.answer()
                                .json()
                                .path("invoice")
                                .path("answeredBy")
                                .asText()
                                .equals("billing-1")
                        ? Workload.BILLING_1
                        : Workload.BILLING_2;
        knows(stage, seen, billing, purchase.requestId(), "sa/orders");
    }

    private static void knows(
            Stage stage, Sightings seen, Workload workload, String requestId, String account)
            throws Exception {
        String peer =
                stage.patience()
                        .await(
                                "the access log of " + workload.sidecar(),
                                LOGGED,
                                () -> peer(stage, workload, requestId));
        seen.check(peer.endsWith(account), workload.instance() + " was called by " + peer);
    }

    private static Optional<String> peer(Stage stage, Workload workload, String requestId)
            throws Exception {
        return stage.mesh()
                .accessLogs()
                .request(workload, "inbound", requestId)
                .map(line -> line.path("peer").asText());
    }
}
