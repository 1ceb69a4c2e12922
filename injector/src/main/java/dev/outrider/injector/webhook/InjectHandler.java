package dev.outrider.injector.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.outrider.injector.metrics.Counter;
import dev.outrider.injector.metrics.Durations;
import dev.outrider.injector.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /inject}. Called on a virtual thread for each request.
 *
 * <p>What is a review is answered with 200 and a review, whatever it says. All else gets a status
 * of HTTP with a {@code v1.Status}, and the API server applies the webhook's failurePolicy.
 */
final class InjectHandler implements HttpHandler {
    static final String PATH = "/inject";

    private static final Logger LOG = LoggerFactory.getLogger(InjectHandler.class);
    private static final int LARGEST_DRAINED = 16 << 20;

    private final Admission admission;
    private final BodyReader bodies = new BodyReader();
    private final BooleanSupplier draining;
    private final Counter reviews;
    private final Durations durations;

    InjectHandler(Admission admission, Metrics metrics, BooleanSupplier draining) {
        this.admission = admission;
        this.draining = draining;
        this.reviews =
                metrics.counter(
                        "outrider_injector_admissions_total",
                        "Reviews by what came of them; error ones got no review as their answer.",
                        "result");
        this.durations =
                metrics.durations(
                        "outrider_injector_admission_duration_seconds",
                        "From the head of a request to its answer.");
        for (Admission.Result result : Admission.Result.values()) {
            reviews.add(0, word(result));
        }
        reviews.add(0, "error");
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        long begun = System.nanoTime();
        try (exchange) {
            if (draining.getAsBoolean()) {
                // The next call then finds a replica that stays.
                exchange.getResponseHeaders().set("Connection", "close");
            }
            try {
                Admission.Answer answer = answer(exchange);
                send(exchange, 200, answer.document());
                reviews.increment(word(answer.result()));
            } catch (ReviewException e) {
                reviews.increment("error");
                LOG.warn("{} {}: {}", exchange.getRequestMethod(), e.status(), e.detail());
                refuse(exchange, e);
            } catch (RuntimeException e) {
                reviews.increment("error");
                LOG.error("a review failed", e);
                refuse(
                        exchange,
                        new ReviewException(
                                500, "InternalError", "the injector failed; see its log"));
            }
            durations.record(System.nanoTime() - begun);
        }
    }

    private Admission.Answer answer(HttpExchange exchange) throws ReviewException, IOException {
        if (!exchange.getRequestURI().getPath().equals(PATH)) {
            throw new ReviewException(404, "NotFound", "reviews are taken at " + PATH);
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            throw new ReviewException(405, "MethodNotAllowed", PATH + " is for POST");
        }
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw new ReviewException(
                    415, "UnsupportedMediaType", "a review comes as application/json");
        }
        try (BodyReader.Body body = bodies.read(exchange.getRequestBody(), announced(exchange))) {
            return admission.answer(AdmissionReview.read(body.bytes()));
        }
    }

    private static void refuse(HttpExchange exchange, ReviewException e) throws IOException {
        // Taken off the wire, so that the client reads the answer instead of a reset.
        exchange.getRequestBody().skip(LARGEST_DRAINED);
        send(exchange, e.status(), Answers.status(e.status(), e.reason(), e.detail()));
    }

    private static void send(HttpExchange exchange, int status, String document)
            throws IOException {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** The server has checked that it is a number. */
    private static long announced(HttpExchange exchange) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        return length == null ? 0 : Long.parseLong(length.strip());
    }

    private static String word(Admission.Result result) {
        return result.name().toLowerCase(Locale.ROOT);
    }
}
