package dev.outrider.sidecar.forward;

import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.listen.AppProtocol;
import dev.outrider.sidecar.listen.Capture;
import dev.outrider.sidecar.listen.ExchangeStart;
import dev.outrider.sidecar.listen.Handlers;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.listen.PortTable;
import dev.outrider.sidecar.listen.Security;
import dev.outrider.sidecar.route.DeadlineFilter;
import dev.outrider.sidecar.route.FixedRouteFilter;
import dev.outrider.sidecar.route.UpgradeConfig;
import dev.outrider.sidecar.route.UpgradeFilter;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.transport.IpPort;
import dev.outrider.sidecar.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A whole plain proxy on loopback: one listener, one service, every exchange remembered. */
final class ProxyRig implements AutoCloseable {
    static final int CONNECTIONS = 50;

    final List<Exchange> finished = new CopyOnWriteArrayList<>();
    final List<String> retriesSkipped = new CopyOnWriteArrayList<>();
    final Service service;
    private final Map<String, Service> services = new ConcurrentHashMap<>();
    private final Forwarder forwarder;
    private final ExchangeObserver observer = new Remember();
    private volatile @Nullable InetSocketAddress goingTo;
    private volatile Verdict route = Verdict.CONTINUE;
    private final EventLoopGroup loops;
    private final Listener listener;

    ProxyRig(ServiceConfig config, H1Limits limits, List<Endpoint> endpoints) throws IOException {
        this(config, limits, endpoints, () -> null, new Security.Plain());
    }

    ProxyRig(
            ServiceConfig config,
            H1Limits limits,
            List<Endpoint> endpoints,
            Supplier<@Nullable Identity> identity,
            Security security)
            throws IOException {
        this(Service.of("upstream", config, context(identity)), limits, null, security);
        service.update(new EndpointSet(1, endpoints));
    }

    private static Service.Context context(Supplier<@Nullable Identity> identity) {
        Ticker ticker = Ticker.system();
        return new Service.Context(
                Transport.of(Transport.Kind.AUTO),
                identity,
                ExpectedPeer.anyOf("cluster.local"),
                new RefusalLog(LoggerFactory.getLogger("rig"), ticker),
                (_, _, _) -> {},
                Self.NOWHERE,
                ticker);
    }

    /** Every connection to it was going to {@code destination} when it was captured. */
    ProxyRig(Service service, H1Limits limits, @Nullable InetSocketAddress destination)
            throws IOException {
        this(service, limits, destination, new Security.Plain());
    }

    private ProxyRig(
            Service service,
            H1Limits limits,
            @Nullable InetSocketAddress destination,
            Security security)
            throws IOException {
        Transport transport = Transport.of(Transport.Kind.AUTO);
        loops = new MultiThreadIoEventLoopGroup(1, transport.io());
        Ticker ticker = Ticker.system();
        this.service = service;
        this.goingTo = destination;
        services.put("upstream", service);
        forwarder =
                new Forwarder(
                        services::get, observer, ticker, Clock.systemUTC(), () -> new Random(7));
        FilterChain chain =
                new FilterChain(
                        List.of(
                                new UpgradeFilter(UpgradeConfig.DEFAULTS),
                                exchange -> {
                                    exchange.destination(goingTo);
                                    return Verdict.CONTINUE;
                                },
                                new DeadlineFilter(),
                                new FixedRouteFilter(
                                        "upstream", service.config().call().timeout().toNanos()),
                                _ -> route),
                        forwarder,
                        observer,
                        ticker);
        listener =
                new Listener(
                        new ListenerConfig(
                                "rig",
                                Direction.OUTBOUND,
                                IpPort.parse("127.0.0.1:0"),
                                CONNECTIONS,
                                limits,
                                H2Limits.DEFAULTS,
                                Capture.NONE,
                                PortTable.DEFAULTS,
                                AppProtocol.HTTP,
                                Duration.ofSeconds(1),
                                List.of(),
                                0),
                        new Handlers(
                                (peer, captured) ->
                                        new ExchangeStart(
                                                Direction.OUTBOUND,
                                                peer,
                                                captured,
                                                () -> chain,
                                                ticker),
                                _ -> {
                                    throw new IllegalStateException("nothing here is raw TCP");
                                }),
                        security,
                        _ -> false,
                        ticker,
                        new Random(7));
        listener.open(transport, loops);
    }

    ProxyRig(ServiceConfigs.Knobs knobs, RawUpstream... upstreams) throws IOException {
        this(
                knobs.config(),
                H1Limits.DEFAULTS,
                Stream.of(upstreams).map(it -> new Endpoint("127.0.0.1", it.port())).toList());
    }

    /** From now on requests go this way, as at the edge. */
    void route(List<RequestFilter> filters, UnaryOperator<Upstream> upstream) {
        route = new Verdict.Branch(filters, upstream.apply(forwarder));
    }

    /** A further service, and a chain to whatever service an exchange names. */
    FilterChain chainTo(String name, RawUpstream upstream) {
        Service further =
                Service.of(name, new ServiceConfigs.Knobs().config(), context(() -> null));
        further.update(new EndpointSet(1, List.of(new Endpoint("127.0.0.1", upstream.port()))));
        services.put(name, further);
        return new FilterChain(List.of(), forwarder, observer, Ticker.system());
    }

    /** Waits until nothing is held for any exchange. */
    void awaitRest() {
        await().until(() ->
                service.bulkhead().taken() == 0
                        && service.bulkhead().waiting() == 0
                        && service.members().all().stream().allMatch(each -> each.inFlight() == 0)
                        && service.openConnections() == service.idleConnections());
    }

    Exchange exchange() {
        await().until(() -> !finished.isEmpty());
        return finished.getLast();
    }

    void destination(InetSocketAddress destination) {
        goingTo = destination;
    }

    int port() {
        return listener.address().getPort();
    }

    Listener listener() {
        return listener;
    }

    @Override
    public void close() {
        listener.close();
        listener.drain();
        services.values().forEach(Service::close);
        await().until(() ->
                services.values().stream().allMatch(each -> each.openConnections() == 0)
                        && listener.connections() == 0);
        // The last closes have tasks of their own.
        loops.shutdownGracefully(100, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    private final class Remember implements ExchangeObserver {
        @Override
        public void retrySkipped(Exchange exchange, String reason) {
            retriesSkipped.add(reason);
        }

        @Override
        public void finished(Exchange exchange) {
            finished.add(exchange);
        }
    }
}
