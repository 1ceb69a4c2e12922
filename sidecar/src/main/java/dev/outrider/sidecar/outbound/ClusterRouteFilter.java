package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.ClusterName;
import dev.outrider.sidecar.discover.ReverseNames;
import dev.outrider.sidecar.discover.ServiceWatch;
import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.forward.Services;
import dev.outrider.sidecar.http.Authority;
import dev.outrider.sidecar.time.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Routes names that nobody listed and that may be Services of the cluster, and other names at a
 * Service's own address: to the Service if all its pods have a sidecar, else to where unknown hosts
 * go. The first call waits for what the cluster says. Any event loop.
 */
final class ClusterRouteFilter implements RequestFilter {
    private static final int MOST_WAITING = 1024;
    private static final int HTTP = 80;

    private final ClusterServicesConfig config;
    private final Cluster cluster;
    private final ReverseNames reverse;
    private final Services services;
    private final RequestFilter unknown;
    private final Duration longest;
    private final Ticker ticker;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param unknown asked about everything else
     * @param longest that a call waits
     */
    ClusterRouteFilter(
            ClusterServicesConfig config,
            Cluster cluster,
            ReverseNames reverse,
            Services services,
            RequestFilter unknown,
            Duration longest,
            Ticker ticker) {
        this.config = config;
        this.cluster = cluster;
        this.reverse = reverse;
        this.services = services;
        this.unknown = unknown;
        this.longest = longest;
        this.ticker = ticker;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        ClusterName name = cluster.name(Authority.host(exchange.request().authority()));
        if (name != null) {
            return route(exchange, name, true);
        }
        InetSocketAddress destination = exchange.destination();
        ReverseNames.Found found =
                destination == null || !config.addresses()
                        ? null
                        : reverse.find(destination.getAddress());
        if (found == null) {
            return unknown.onRequest(exchange);
        }
        return found.answered() || !mayWait(exchange)
                ? byAddress(exchange, found)
                : await(
                        exchange,
                        found.first(),
                        ReverseNames.LONGEST_WAIT,
                        () -> byAddress(exchange, found));
    }

    /** A foreign name, or none, at the address of a Service: as apps use that take it as it is. */
    private Verdict byAddress(Exchange exchange, ReverseNames.Found found) {
        ClusterName name = found.name();
        return name == null || !name.hostname().isEmpty()
                ? unknown.onRequest(exchange)
                : route(exchange, name, true);
    }

    private Verdict route(Exchange exchange, ClusterName name, boolean mayWait) {
        ServiceWatch watch = cluster.find(name.service());
        if (watch == null) {
            return reject("too-many-services", "too many Services of the cluster are in use");
        }
        return switch (watch.status()) {
            case KNOWN -> watch.meshed() ? to(exchange, name, watch) : unknown.onRequest(exchange);
            case DENIED -> unknown.onRequest(exchange);
            case AWAY -> unanswered(exchange, watch);
            case UNKNOWN ->
                    mayWait && mayWait(exchange)
                            ? await(
                                    exchange,
                                    watch.first(),
                                    longest,
                                    () -> route(exchange, name, false))
                            : unanswered(exchange, watch);
        };
    }

    private boolean mayWait(Exchange exchange) {
        return waitNanos(exchange) > 0 && waiting.get() < MOST_WAITING;
    }

    private Verdict to(Exchange exchange, ClusterName name, ServiceWatch watch) {
        String service = ClusterService.of(name, port(exchange), watch).toString();
        if (services.find(service) == null) {
            return reject("too-many-services", "too many Services of the cluster are in use");
        }
        exchange.service(service);
        exchange.limit(config.call().timeout().toNanos());
        return Verdict.CONTINUE;
    }

    /** The one it was going to, or that the app has named. */
    private static int port(Exchange exchange) {
        InetSocketAddress destination = exchange.destination();
        return destination != null
                ? destination.getPort()
                : Authority.port(exchange.request().authority(), HTTP);
    }

    private Verdict unanswered(Exchange exchange, ServiceWatch watch) {
        return switch (config.unanswered()) {
            case PASS -> unknown.onRequest(exchange);
            case REFUSE ->
                    reject(
                            "discovery-unavailable",
                            "nobody says yet whether "
                                    + watch.name()
                                    + " has sidecars"
                                    + (watch.problem().isEmpty() ? "" : ": " + watch.problem()));
        };
    }

    private Verdict await(
            Exchange exchange, CompletionStage<?> known, Duration most, Supplier<Verdict> then) {
        waiting.incrementAndGet();
        CompletableFuture<Object> told = new CompletableFuture<>();
        var _ = known.whenComplete((_, _) -> told.complete(true));
        long nanos = Math.min(most.toNanos(), waitNanos(exchange));
        return new Verdict.Await(
                told.completeOnTimeout(false, nanos, TimeUnit.NANOSECONDS)
                        .thenApplyAsync(
                                _ -> {
                                    waiting.decrementAndGet();
                                    return then.get();
                                },
                                exchange.stream().loop()));
    }

    private long waitNanos(Exchange exchange) {
        Deadline deadline = exchange.deadline();
        return deadline == null
                ? longest.toNanos()
                : Math.min(longest.toNanos(), deadline.remaining(ticker.nanos()));
    }

    private static Verdict reject(String reason, String detail) {
        return new Verdict.Reject(new Failure.NotReady(reason, detail));
    }
}
