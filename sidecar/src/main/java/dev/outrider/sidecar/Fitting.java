package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.IdentityTokenFilter;
import dev.outrider.sidecar.config.ConfigText;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.ReverseNames;
import dev.outrider.sidecar.edge.Edge;
import dev.outrider.sidecar.edge.EdgeConfig;
import dev.outrider.sidecar.edge.EdgeRoutes;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.forward.CalledServices;
import dev.outrider.sidecar.forward.Forwarder;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.StartWait;
import dev.outrider.sidecar.forward.TcpConfig;
import dev.outrider.sidecar.forward.TcpForwarder;
import dev.outrider.sidecar.forward.TcpRoute;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.inbound.InboundConfig;
import dev.outrider.sidecar.outbound.Outbound;
import dev.outrider.sidecar.outbound.OutboundConfig;
import dev.outrider.sidecar.route.RouteFilter;
import dev.outrider.sidecar.route.RouteFilters;
import dev.outrider.sidecar.tls.IdentityConfig;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds what holds under a configuration, taking over from what holds now all that the change does
 * not touch. Until the result is put in force nothing of the old is changed, so that a failure on
 * the way leaves everything as it was.
 */
final class Fitting {
    private final Base base;
    private final SidecarConfig config;
    private final @Nullable InForce old;
    private final Flights flights = new Flights();

    /** What was made, to be dropped if the rest cannot be. */
    private @Nullable Telemetry telemetry;

    private @Nullable Cluster cluster;
    private @Nullable Guards guards;
    private @Nullable OwnTokens tokens;
    private @Nullable EdgeDoor door;
    private @Nullable Destinations destinations;

    private Fitting(Base base, SidecarConfig config, @Nullable InForce old) {
        this.base = base;
        this.config = config;
        this.old = old;
    }

    /** The snapshot for {@code config}; an {@link IOException} says in a sentence what hinders. */
    static InForce fit(Base base, SidecarConfig config, ConfigText file, @Nullable InForce old)
            throws IOException {
        Fitting fitting = new Fitting(base, config, old);
        try {
            return fitting.build(file);
        } catch (IOException | RuntimeException e) {
            fitting.drop();
            throw e;
        }
    }

    private InForce build(ConfigText file) throws IOException {
        Telemetry told = Telemetry.fit(base, config, old == null ? null : old.telemetry());
        telemetry = told;
        InboundConfig inbound = config.inbound();
        IdentityConfig identity = config.identity();
        if (inbound != null && identity != null) {
            guards = Guards.fit(base, inbound, identity, old == null ? null : old.guards());
        }
        CalledServices calls = config.calls();
        if (calls != null) {
            tokens = OwnTokens.fit(base, calls, old == null ? null : old.tokens());
        }
        OutboundConfig outbound = config.outbound();
        EdgeConfig edge = config.edge();
        if (edge != null) {
            door = EdgeDoor.fit(base, edge, old == null ? null : old.door());
        }
        Cluster around = base.cluster(config, old == null ? null : old.cluster());
        cluster = around;
        Destinations there =
                Destinations.fit(base, config, around, old == null ? null : old.destinations());
        destinations = there;
        ExchangeObserver observer = told.observer(base, flights);
        Forwarder forwarder = forwarder(there, observer);
        return new InForce(
                config,
                file,
                flights,
                told,
                around,
                guards,
                tokens,
                there,
                forwarder,
                inbound == null ? null : inbound(inbound, there, told, forwarder, observer),
                outbound == null
                        ? null
                        : outbound(outbound, around, there, told, forwarder, observer),
                door,
                edge == null || door == null
                        ? null
                        : edge(edge, door, there, told, forwarder, observer));
    }

    private Forwarder forwarder(Destinations there, ExchangeObserver observer) {
        if (old != null) {
            return old.forwarder().with(there::find, observer);
        }
        // All forwarders to come share this, so it must not keep the snapshot that is made here.
        SecureRandom seeds = base.secureRandom;
        return new Forwarder(
                there::find,
                observer,
                base.ticker,
                base.clock,
                () -> new SplittableRandom(seeds.nextLong()));
    }

    private TcpForwarder relay(
            Telemetry told,
            TcpRoute route,
            TcpConfig config,
            Function<Service, @Nullable CompletionStage<?>> hold) {
        return new TcpForwarder(
                route,
                new TcpForwarder.Context(
                        config,
                        told.tcpObserver(base, flights),
                        hold,
                        base.ticker,
                        base.clock,
                        base.random));
    }

    private @Nullable Way inbound(
            InboundConfig inbound,
            Destinations there,
            Telemetry told,
            Forwarder forwarder,
            ExchangeObserver observer) {
        Guards who = guards;
        if (who == null) {
            return null;
        }
        FilterChain chain =
                Inbound.chain(
                        inbound,
                        told.filter(),
                        who.peers(),
                        who.tokens(),
                        who.access(),
                        forwarder,
                        observer,
                        base.ticker);
        Service app = Objects.requireNonNull(there.find(Inbound.APP));
        TcpRoute route = Inbound.tcpRoute(inbound, app, who.unread());
        // Who comes in has waited in his own sidecar.
        return new Way(chain, relay(told, route, inbound.tcp(), _ -> null));
    }

    private @Nullable Way outbound(
            OutboundConfig outbound,
            Cluster around,
            Destinations there,
            Telemetry told,
            Forwarder forwarder,
            ExchangeObserver observer) {
        OwnTokens own = tokens;
        if (own == null) {
            return null;
        }
        ReverseNames reverse = new ReverseNames(around, config.dns(), base.lookups(), base.ticker);
        FilterChain chain =
                Outbound.chain(
                        outbound,
                        around,
                        reverse,
                        there,
                        told.filter(),
                        new StartWait(
                                new StartNeeds(base, there, own.tokens()),
                                outbound.startWait(),
                                base.ticker),
                        identityTokens(own, there),
                        forwarder,
                        observer,
                        base.ticker);
        TcpRoute route = Outbound.tcpRoute(outbound, there, around, reverse);
        StartWait wait =
                new StartWait(new StartNeeds(base, there, null), outbound.startWait(), base.ticker);
        return new Way(
                chain,
                relay(told, route, outbound.tcp(), service -> wait.hold(service.name(), null)));
    }

    private @Nullable Way edge(
            EdgeConfig edge,
            EdgeDoor open,
            Destinations there,
            Telemetry told,
            Forwarder forwarder,
            ExchangeObserver observer)
            throws IOException {
        OwnTokens own = tokens;
        if (own == null) {
            return null;
        }
        RouteFilters.Context context =
                new RouteFilters.Context(
                        edge.paths(),
                        name ->
                                Objects.requireNonNull(edge.services().get(name))
                                        .call()
                                        .timeout()
                                        .toNanos(),
                        () -> base.random,
                        base.clock);
        EdgeRoutes.Parts parts =
                new EdgeRoutes.Parts(
                        context,
                        open.callers().auth(),
                        open.limits(),
                        List.of(
                                new StartWait(
                                        new StartNeeds(base, there, own.tokens()),
                                        edge.startWait(),
                                        base.ticker),
                                identityTokens(own, there)),
                        forwarder,
                        flights,
                        base.mirrored,
                        base.ticker);
        try {
            RouteFilter routes = EdgeRoutes.filter(edge, parts);
            FilterChain chain =
                    Edge.chain(
                            edge,
                            config.identity() == null ? null : config.identity().id(),
                            told.filter(),
                            open.concurrency(),
                            open.limits(),
                            routes,
                            observer,
                            base.ticker);
            return new Way(chain, relay(told, Fitting::noTunnel, TcpConfig.DEFAULTS, _ -> null));
        } catch (IllegalArgumentException e) {
            throw new IOException("edge.routes: " + e.getMessage(), e);
        }
    }

    /** Its ports take HTTP only. */
    private static TcpRoute.Target noTunnel(TcpConnection connection) {
        return new TcpRoute.Nowhere(new Failure.NoRoute("raw TCP"));
    }

    private static IdentityTokenFilter identityTokens(OwnTokens own, Destinations there) {
        return new IdentityTokenFilter(
                own.tokens(), exchange -> there.audience(exchange.service()));
    }

    private void drop() {
        if (telemetry != null) {
            Retirement.close(telemetry.parts(), old == null ? null : old.parts());
        }
        if (cluster != null && (old == null || cluster != old.cluster())) {
            cluster.close();
        }
        if (guards != null) {
            Retirement.close(guards.parts(), old == null ? null : old.parts());
        }
        if (tokens != null && (old == null || !tokens.equals(old.tokens()))) {
            tokens.tokens().close();
        }
        if (door != null) {
            Retirement.close(door.parts(), old == null ? null : old.parts());
        }
        if (destinations != null) {
            destinations.drop(old == null ? null : old.destinations());
        }
    }
}
