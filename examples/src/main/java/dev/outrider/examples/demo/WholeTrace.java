package dev.outrider.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.demo.Stage.Purchase;
import dev.outrider.examples.mesh.Workload;
import dev.outrider.examples.story.Act;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One order, as Zipkin saw it. */
final class WholeTrace implements Act<Stage> {
    private static final Duration LOGGED = Duration.ofSeconds(10);
    private static final Duration REPORTED = Duration.ofSeconds(30);

    /** Who served and who called, over all hops. */
    private static final Set<String> HOPS =
            Set.of("web server", "web client", "orders server", "orders client", "billing server");

    private URI shown = URI.create("");

    @Override
    public String title() {
        return "One trace across all hops";
    }

    @Override
    public String does() {
        return "a shopper orders; Zipkin is asked for the trace";
    }

    @Override
    public String expects() {
        return "one trace with the spans of web, orders and billing";
    }

    @Override
    public void play(Stage stage, Sightings seen) throws Exception {
        Purchase purchase = stage.buy();
        String trace =
                stage.patience()
                        .await(
                                "the access log of web",
                                LOGGED,
                                () ->
                                        stage.mesh()
                                                .accessLogs()
                                                .request(
                                                        Workload.WEB,
                                                        "inbound",
                                                        purchase.requestId())
                                                .map(line -> line.path("trace_id").asText()));
        URI api = stage.mesh().zipkin().resolve("/api/v2/trace/" + trace);
        Set<String> spans = new TreeSet<>();
        stage.patience()
                .await(
                        "spans " + HOPS + " in " + api + ", of which there are " + spans,
                        REPORTED,
                        () -> complete(stage.http().get(api).json(), spans));
        seen.check(purchase.good(), "spans of " + String.join(", ", spans));
        shown = stage.mesh().zipkin().resolve("/zipkin/traces/" + trace);
    }

    /** Where a person can look at the trace; empty before the act was played. */
    URI shown() {
        return shown;
    }

    private static Optional<Boolean> complete(JsonNode spans, Set<String> seen) {
        for (JsonNode span : spans) {
            if (!span.has("kind")) {
                continue; // the whole of a call, above its tries
            }
            seen.add(
                    span.path("localEndpoint").path("serviceName").asText()
                            + " "
                            + span.path("kind").asText().toLowerCase(Locale.ROOT));
        }
        return seen.containsAll(HOPS) ? Optional.of(true) : Optional.empty();
    }
}
