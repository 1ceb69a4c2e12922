package dev.outrider.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.demo.Stage.Purchase;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.story.Act;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One of two instances answers too late; nobody outside notices more than a delay. */
final class SlowBilling implements Act<Stage> {
    /**
     * Its first, cold answer may have made billing-1 look slow already, on a busy machine so slow
     * that nobody asks it for half a minute: the balancer forgets by and by.
     */
    private static final Duration LONGEST = Duration.ofSeconds(90);

    private static final Duration LOGGED = Duration.ofSeconds(10);

    @Override
    public String title() {
        return "Billing turns slow";
    }

    @Override
    public String does() {
        return "billing-1 now takes 3 s; orders gives each try 1 s";
    }

    @Override
    public String expects() {
        return "the try times out, the retry goes to billing-2, no order fails or is billed twice";
    }

    @Override
    public void play(Stage stage, Sightings seen) throws Exception {
        stage.tell(Workload.BILLING_1, "slow", "{\"millis\":3000}");
        try {
            buyUntilRetried(stage, seen);
        } finally {
            stage.tell(Workload.BILLING_1, "healthy", "{}");
        }
    }

    private static void buyUntilRetried(Stage stage, Sightings seen) throws Exception {
        long before = stage.invoices();
        long started = stage.ticker().nanos();
        int bought = 0;
        List<Integer> failed = new ArrayList<>();
        while (stage.ticker().nanos() - started < LONGEST.toNanos()) {
            Purchase purchase = stage.buy();
            bought++;
            if (!purchase.good()) {
                failed.add(purchase.answer().status());
            }
            List<JsonNode> attempts =
                    stage.patience()
                            .await(
                                    "the access log of orders",
                                    LOGGED,
                                    () -> stage.attempts(purchase.requestId()));
            if (attempts.size() > 1) {
                seen.note(
                        "request " + purchase.requestId() + " had " + attempts.size() + " tries:");
                seen.check(
                        attempts.getFirst().path("outcome").asText().equals("try-timeout"),
                        "1st " + show(attempts.getFirst()));
                seen.check(
                        attempts.getLast().path("status").asInt() == 200
                                && !attempts.getLast()
                                        .path("endpoint")
                                        .equals(attempts.getFirst().path("endpoint")),
                        "2nd " + show(attempts.getLast()));
                seen.check(
                        purchase.good(),
                        "the shopper saw %d after %d ms, %s"
                                .formatted(
                                        purchase.answer().status(),
                                        purchase.answer().millis(),
                                        purchase.invoice()));
                long invoices = stage.invoices() - before;
                seen.check(
                        failed.isEmpty() && invoices == bought,
                        "%d orders, %d failed, %d invoices"
                                .formatted(bought, failed.size(), invoices));
                return;
            }
        }
        seen.check(false, bought + " orders in " + LONGEST.toSeconds() + " s and no retry");
    }

    private static String show(JsonNode attempt) {
        return "%s: %s %s after %.0f ms"
                .formatted(
                        attempt.path("endpoint").asText(),
                        attempt.path("outcome").asText(),
                        attempt.path("status").asInt() == 0
                                ? ""
                                : "(" + attempt.path("status").asInt() + ")",
                        attempt.path("ms").asDouble())
                .replace("  ", " ");
    }
}
