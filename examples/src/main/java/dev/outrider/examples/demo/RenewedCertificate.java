package dev.outrider.examples.demo;

import dev.outrider.examples.mesh.PlainClient;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.story.Act;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/** Certificates live 30 s here; nobody may notice when one gives way to the next. */
final class RenewedCertificate implements Act<Stage> {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int SHOPPERS = 3;
    private static final int AFTERWARDS = 50;

    @Override
    public String title() {
        return "A certificate is renewed under load";
    }

    @Override
    public String does() {
        return SHOPPERS + " shoppers order without pause until orders shows a new certificate";
    }

    @Override
    public String expects() {
        return "another serial number, and not one failed request before, during or after";
    }

    @Override
    public void play(Stage stage, Sightings seen) throws Exception {
        PlainClient client = stage.mesh().plainClient(Workload.ORDERS);
        BigInteger before = serial(client);
        SteadyLoad.Tally tally;
        BigInteger after;
        try (SteadyLoad load = new SteadyLoad(SHOPPERS, stage)) {
            after =
                    stage.patience()
                            .await(
                                    "orders to show another certificate",
                                    LONGEST,
                                    () -> renewed(client, before));
            long then = load.tally().sent();
            stage.patience()
                    .await(
                            AFTERWARDS + " more orders",
                            LONGEST,
                            () ->
                                    load.tally().sent() >= then + AFTERWARDS
                                            ? Optional.of(true)
                                            : Optional.empty());
            tally = load.finish();
        }
        seen.check(
                !after.equals(before), "serial %s… → %s…".formatted(brief(before), brief(after)));
        seen.check(
                tally.failed() == 0 && tally.sent() > AFTERWARDS,
                "%d orders, %d failed%s"
                        .formatted(tally.sent(), tally.failed(), tally.firstFailure()));
    }

    private static Optional<BigInteger> renewed(PlainClient client, BigInteger before)
            throws IOException {
        BigInteger now = serial(client);
        return now.equals(before) ? Optional.empty() : Optional.of(now);
    }

    /** As a new connection sees it. */
    private static BigInteger serial(PlainClient client) throws IOException {
        return client.shown().getSerialNumber();
    }

    private static String brief(BigInteger serial) {
        String text = serial.toString(16);
        return text.substring(0, Math.min(12, text.length()));
    }
}
