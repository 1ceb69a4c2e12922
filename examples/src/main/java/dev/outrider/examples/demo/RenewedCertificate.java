package dev.outrider.examples.demo;

import dev.outrider.certs.CaException;
import dev.outrider.certs.X509Svid;
import dev.outrider.examples.mesh.Passport;
import dev.outrider.examples.mesh.PlainClient;
import dev.outrider.examples.mesh.Workload;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/** Certificates live 30 s here; nobody may notice when one gives way to the next. */
final class RenewedCertificate implements Act {
    /** Renewal comes at 50 to 70 % of the life; the look itself needs a certificate of 30 s. */
    private static final Duration LONGEST = Duration.ofSeconds(28);

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
        X509Svid own = certificate(stage);
        BigInteger before = serial(client, own);
        SteadyLoad.Tally tally;
        BigInteger after;
        try (SteadyLoad load = new SteadyLoad(SHOPPERS, stage)) {
            after =
                    stage.patience()
                            .await(
                                    "orders to show another certificate",
                                    LONGEST,
                                    () -> renewed(client, own, before));
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

    private static X509Svid certificate(Stage stage) throws IOException, CaException {
        try (Passport web = stage.mesh().passport("web")) {
            return web.certificate();
        }
    }

    private static Optional<BigInteger> renewed(PlainClient client, X509Svid own, BigInteger before)
            throws Exception {
        BigInteger now = serial(client, own);
        return now.equals(before) ? Optional.empty() : Optional.of(now);
    }

    /** As a new connection sees it; what the request itself is answered does not matter. */
    private static BigInteger serial(PlainClient client, X509Svid own)
            throws IOException, InterruptedException {
        return client.get("/", own, null).server().getSerialNumber();
    }

    private static String brief(BigInteger serial) {
        String text = serial.toString(16);
        return text.substring(0, Math.min(12, text.length()));
    }
}
