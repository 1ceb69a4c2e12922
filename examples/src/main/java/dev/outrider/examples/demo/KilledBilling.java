package dev.outrider.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.demo.Stage.Purchase;
import dev.outrider.examples.mesh.Http.Answer;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.story.Act;
import java.time.Duration;

/** Nobody is left to answer, and soon nobody is asked any more. */
final class KilledBilling implements Act<Stage> {
    private static final Duration OPENS = Duration.ofSeconds(30);

    /** Far below the time that waiting for billing would take. */
    private static final long NO_WAIT_MILLIS = 1000;

    @Override
    public String title() {
        return "Billing is killed";
    }

    @Override
    public String does() {
        return "kill -9 to both billing processes and their sidecars, while shoppers go on";
    }

    @Override
    public String expects() {
        return "the breaker opens; then 503 at once, saying why and when to come back";
    }

    @Override
    public void play(Stage stage, Sightings seen) throws Exception {
        for (Workload billing : Workload.BILLING) {
            stage.mesh().kill(billing.instance());
            stage.mesh().kill(billing.sidecar());
        }
        long started = stage.ticker().nanos();
        int bought = 0;
        Purchase first = stage.buy();
        Purchase last = first;
        while (!reason(last).equals("circuit-open")
                && stage.ticker().nanos() - started < OPENS.toNanos()) {
            last = stage.buy();
            bought++;
        }
        seen.check(
                first.answer().status() >= 500,
                "first failure: %d %s in %d ms"
                        .formatted(
                                first.answer().status(), reason(first), first.answer().millis()));
        seen.check(
                reason(last).equals("circuit-open"),
                "after %d more: %d %s".formatted(bought, last.answer().status(), reason(last)));
        explained(stage.buy().answer(), seen);
        seen.check(
                stage.breaker().equals("open"), "orders' breaker for billing: " + stage.breaker());
    }

    private static void explained(Answer answer, Sightings seen) {
        seen.check(
                answer.status() == 503 && answer.millis() < NO_WAIT_MILLIS,
                "%d in %d ms".formatted(answer.status(), answer.millis()));
        seen.check(
                answer.header("proxy-status").contains("error="),
                "Proxy-Status: " + answer.header("proxy-status"));
        seen.check(
                answer.header("retry-after").matches("[1-9][0-9]*"),
                "Retry-After: " + answer.header("retry-after"));
        JsonNode problem = answer.json();
        seen.check(
                answer.header("content-type").startsWith("application/problem+json"),
                "%s: %s"
                        .formatted(
                                problem.path("title").asText(), problem.path("detail").asText()));
    }

    private static String reason(Purchase purchase) {
        return purchase.answer().json().path("reason").asText();
    }
}
