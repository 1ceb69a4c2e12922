package dev.outrider.examples.demo;

import dev.outrider.examples.demo.Stage.Purchase;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.story.Act;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The breaker tries carefully, then trusts again. */
final class BillingBack implements Act<Stage> {
    private static final Duration CLOSES = Duration.ofSeconds(60);

    @Override
    public String title() {
        return "Billing comes back";
    }

    @Override
    public String does() {
        return "both billing instances start again; shoppers keep trying";
    }

    @Override
    public String expects() {
        return "the breaker goes from open over half-open to closed, and orders are billed again";
    }

    @Override
    public void play(Stage stage, Sightings seen) throws Exception {
        for (Workload billing : Workload.BILLING) {
            stage.mesh().startService(billing);
            stage.mesh().startSidecar(billing);
        }
        for (Workload billing : Workload.BILLING) {
            stage.mesh().awaitService(billing);
            stage.mesh().awaitSidecar(billing);
        }
        Set<String> states = new LinkedHashSet<>();
        states.add(stage.breaker());
        Purchase good =
                stage.patience().await("the breaker to close", CLOSES, () -> closed(stage, states));
        seen.check(states.contains("half-open"), "breaker: " + String.join(" → ", states));
        seen.check(good.good(), "%d, %s".formatted(good.answer().status(), good.invoice()));
    }

    private static Optional<Purchase> closed(Stage stage, Set<String> states) throws Exception {
        Purchase purchase = stage.buy();
        String state = stage.breaker();
        states.add(state);
        return state.equals("closed") && purchase.good() ? Optional.of(purchase) : Optional.empty();
    }
}
