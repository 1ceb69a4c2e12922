package dev.outrider.examples.demo;

import dev.outrider.certs.X509Svid;
import dev.outrider.examples.mesh.Passport;
import dev.outrider.examples.mesh.PlainClient;
import dev.outrider.examples.mesh.PlainClient.Met;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.story.Act;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Three ways in that are shut, beside the one that is open; all against the orders sidecar. */
enum Strangers implements Act<Stage> {
    NOBODY("No certificate", "a client without a certificate calls orders", "no handshake") {
        @Override
        public void play(Stage stage, Sightings seen) throws Exception {
            PlainClient client = stage.mesh().plainClient(Workload.ORDERS);
            try {
                Met met = client.get(PATH, null, null);
                seen.check(false, "was answered " + met.status());
            } catch (IOException e) {
                // The alert and the end of the connection race; either may be what is seen.
                seen.note("the client saw: " + e.getMessage());
                seen.note("orders' sidecar: " + refusal(stage));
            }
        }
    },

    NOT_ALLOWED(
            "An identity that is not allowed",
            "'intruder', with a certificate and a token of its own from the mesh's CA, calls orders",
            "403: only web may call; while web's own certificate and token get 200 or 404") {
        @Override
        public void play(Stage stage, Sightings seen) throws Exception {
            PlainClient client = stage.mesh().plainClient(Workload.ORDERS);
            try (Passport intruder = stage.mesh().passport("intruder");
                    Passport web = stage.mesh().passport("web")) {
                X509Svid own = intruder.certificate();
                Met met = client.get(PATH, own, intruder.token(own, "orders"));
                seen.check(met.status() == 403, own.id() + ": " + answer(met));
                X509Svid webs = web.certificate();
                Met good = client.get(PATH, webs, web.token(webs, "orders"));
                seen.check(
                        List.of(200, 404).contains(good.status()) && good.body().contains("order"),
                        webs.id() + ": " + answer(good));
            }
        }
    },

    THIEF(
            "A stolen token",
            "'intruder' shows its own certificate and a valid token that was minted for web",
            "401: the token's subject is not who holds the certificate") {
        @Override
        public void play(Stage stage, Sightings seen) throws Exception {
            PlainClient client = stage.mesh().plainClient(Workload.ORDERS);
            try (Passport intruder = stage.mesh().passport("intruder");
                    Passport web = stage.mesh().passport("web")) {
                X509Svid webs = web.certificate();
                String stolen = web.token(webs, "orders");
                Met owner = client.get(PATH, webs, stolen);
                seen.check(owner.status() == 404, "with web's certificate the token is good");
                Met thief = client.get(PATH, intruder.certificate(), stolen);
                seen.check(thief.status() == 401, "with the intruder's: " + answer(thief));
            }
        }
    };

    private static final Duration LOGGED = Duration.ofSeconds(10);

    /** No order has this id: whoever comes through to the app is told 404 by it. */
    private static final String PATH = "/orders/nosuchorder";

    private final String title;
    private final String does;
    private final String expects;

    Strangers(String title, String does, String expects) {
        this.title = title;
        this.does = does;
        this.expects = expects;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String does() {
        return does;
    }

    @Override
    public String expects() {
        return expects;
    }

    /** What the sidecar's log says of a client without a certificate. */
    private static String refusal(Stage stage) throws Exception {
        return stage.patience()
                .await(
                        "the sidecar's log to tell of no-certificate",
                        LOGGED,
                        () ->
                                stage.mesh()
                                        .log(Workload.ORDERS.sidecar())
                                        .lines()
                                        .filter(line -> line.contains("no-certificate"))
                                        .map(line -> line.substring(line.indexOf("inbound")))
                                        .findFirst());
    }

    private static String answer(Met met) {
        return met.status() + " " + met.body().strip();
    }
}
