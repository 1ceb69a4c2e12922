package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.ClusterName;
import dev.outrider.sidecar.discover.ReverseNames;
import dev.outrider.sidecar.discover.ServiceWatch;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.forward.ProxyProtocol;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.Services;
import dev.outrider.sidecar.forward.TcpRoute;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the cluster's Service that a captured connection was going to, of those that nobody listed:
 * by the name asked for in TLS, else by the name its address has in the cluster's DNS. Any event
 * loop.
 */
final class ClusterTcpRoute {
    private static final int MOST_WAITING = 1024;

    private final ClusterServicesConfig config;
    private final Cluster cluster;
    private final ReverseNames reverse;
    private final Services services;
    private final Duration longest;
    private final AtomicInteger waiting = new AtomicInteger();

    ClusterTcpRoute(
            ClusterServicesConfig config,
            Cluster cluster,
            ReverseNames reverse,
            Services services,
            Duration longest) {
        this.config = config;
        this.cluster = cluster;
        this.reverse = reverse;
        this.services = services;
        this.longest = longest;
    }

    /** Null if it was going to no Service, or to one without sidecars. */
    TcpRoute.@Nullable Target find(TcpConnection connection, boolean mayWait) {
        InetSocketAddress destination = connection.destination();
        if (destination == null || destination.isUnresolved()) {
            return null;
        }
        String serverName = connection.serverName();
        ClusterName asked = serverName == null ? null : cluster.name(serverName);
        if (asked != null) {
            // Should nobody answer for the name, what the app has encrypted itself may pass.
            return route(asked, destination, mayWait, OutboundConfig.Unknown.PASS);
        }
        if (!config.addresses()) {
            return null;
        }
        ReverseNames.Found found = reverse.find(destination.getAddress());
        if (found == null) {
            return null;
        }
        if (!found.answered() && mayWait) {
            return later(found.first(), shorter(ReverseNames.LONGEST_WAIT, longest));
        }
        ClusterName name = found.name();
        return name == null ? null : route(name, destination, mayWait, config.unanswered());
    }

    private TcpRoute.@Nullable Target route(
            ClusterName name,
            InetSocketAddress destination,
            boolean mayWait,
            OutboundConfig.Unknown unanswered) {
        ServiceWatch watch = cluster.find(name.service());
        if (watch == null) {
            return refused("too many Services of the cluster are in use");
        }
        return switch (watch.status()) {
            case KNOWN -> watch.meshed() ? to(name, destination, watch) : null;
            case DENIED -> null;
            case AWAY -> unanswered(watch, unanswered);
            case UNKNOWN ->
                    mayWait && longest.isPositive() && waiting.get() < MOST_WAITING
                            ? later(watch.first(), longest)
                            : unanswered(watch, unanswered);
        };
    }

    private static TcpRoute.@Nullable Target unanswered(
            ServiceWatch watch, OutboundConfig.Unknown what) {
        return switch (what) {
            case PASS -> null;
            case REFUSE -> refused("nobody says yet whether " + watch.name() + " has sidecars");
        };
    }

    /** Who was going to a pod has chosen it. */
    private TcpRoute.Target to(
            ClusterName name, InetSocketAddress destination, ServiceWatch watch) {
        boolean pod = watch.runsAt(destination.getAddress());
        ClusterName whole = pod ? new ClusterName("", name.service()) : name;
        String text = ClusterService.of(whole, destination.getPort(), watch).toString();
        Service service = services.find(text);
        return service == null
                ? refused("too many Services of the cluster are in use")
                : new TcpRoute.To(service, pod ? destination : null, ProxyProtocol.OFF);
    }

    private TcpRoute.Target later(CompletionStage<?> known, Duration most) {
        waiting.incrementAndGet();
        CompletableFuture<Object> told = new CompletableFuture<>();
        var _ = known.whenComplete((_, _) -> told.complete(true));
        return new TcpRoute.Later(
                told.completeOnTimeout(false, most.toNanos(), TimeUnit.NANOSECONDS)
                        .whenComplete((_, _) -> waiting.decrementAndGet()));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static TcpRoute.Target refused(String why) {
        return new TcpRoute.Nowhere(new Failure.NotReady("discovery-unavailable", why));
    }
}
