package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.observe.Gauges;
import dev.outrider.sidecar.time.Ticker;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the app for the kubelet. Of each probe one call is under way at a time: whoever asks
 * meanwhile, or right after it, shares its outcome, so that a flood of requests is none of calls.
 * Any thread, which it blocks for as long as the probe's timeout.
 */
final class Probes {
    private static final Logger LOG = LoggerFactory.getLogger(Probes.class);
    private static final long FRESH_NANOS = Duration.ofMillis(100).toNanos();

    private final AppCalls calls;
    private final Ticker ticker;
    private final Gauges gauges;
    private final ConcurrentHashMap<String, Flight> flights = new ConcurrentHashMap<>();

    /** One call of one probe. */
    private static final class Flight {
        final InetAddress app;
        final ProbeConfig probe;
        final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        volatile long endedNanos;

        Flight(InetAddress app, ProbeConfig probe) {
            this.app = app;
            this.probe = probe;
        }

        boolean serves(InetAddress asked, ProbeConfig config, long now) {
            boolean fresh = !outcome.isDone() || now - endedNanos < FRESH_NANOS;
            return fresh && app.equals(asked) && probe.equals(config);
        }
    }

    Probes(AppCalls calls, Ticker ticker, Gauges gauges) {
        this.calls = calls;
        this.ticker = ticker;
        this.gauges = gauges;
    }

    /** Null if no such probe is configured. */
    @Nullable Outcome run(PodConfig config, String name, String userAgent) {
        ProbeConfig probe = config.probes().get(name);
        if (probe == null) {
            return null;
        }
        Flight mine = new Flight(config.address(), probe);
        long now = ticker.nanos();
        Flight before = flights.get(name);
        Flight used =
                flights.compute(
                        name,
                        (_, there) ->
                                there != null && there.serves(mine.app, probe, now) ? there : mine);
        if (used != mine) {
            return used.outcome.join();
        }
        flights.keySet().retainAll(config.probes().keySet());
        Outcome outcome = Outcome.bad("the sidecar failed to ask; its log says why");
        try {
            outcome = outcome(mine, userAgent);
        } finally {
            mine.endedNanos = ticker.nanos();
            mine.outcome.complete(outcome);
        }
        tell(name, before, outcome);
        return outcome;
    }

    private Outcome outcome(Flight flight, String userAgent) {
        ProbeConfig probe = flight.probe;
        if (probe.noted()) {
            return Outcome.good("noted");
        }
        try {
            if (probe.http() != null) {
                HttpProbe http = new HttpProbe(calls, flight.app, probe.http(), userAgent, ticker);
                return http.run(probe.timeout());
            }
            if (probe.grpc() != null) {
                return new GrpcProbe(calls, flight.app, probe.grpc(), userAgent)
                        .run(probe.timeout());
            }
            int port = java.util.Objects.requireNonNull(probe.tcp());
            InetSocketAddress address = new InetSocketAddress(flight.app, port);
            return calls.call(address, probe.timeout(), _ -> Outcome.good("connected"));
        } catch (IOException e) {
            return Outcome.bad(sentence(e, probe.timeout()));
        }
    }

    static String sentence(IOException e, Duration timeout) {
        return switch (e) {
            case SocketTimeoutException _ -> "no answer within " + timeout.toMillis() + " ms";
            case ConnectException _ -> "connection refused";
            case EOFException _ -> String.valueOf(e.getMessage());
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private void tell(String name, @Nullable Flight before, Outcome outcome) {
        gauges.counter(
                        "outrider_probes",
                        "Probes of the app in the kubelet's stead",
                        Map.of("probe", name, "outcome", outcome.good() ? "good" : "bad"))
                .accept(1);
        Outcome last = before == null ? null : before.outcome.getNow(null);
        if (last == null ? !outcome.good() : last.good() != outcome.good()) {
            // The kubelet's events have the status only.
            LOG.info("probe {}: {}, {}", name, outcome.good() ? "good" : "bad", outcome.text());
        }
    }
}
