package dev.outrider.sidecar.forward;

import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.listen.ExchangeStart;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.listen.Security;
import dev.outrider.sidecar.route.DeadlineFilter;
import dev.outrider.sidecar.route.FixedRouteFilter;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.transport.IpPort;
import dev.outrider.sidecar.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A whole plain proxy on loopback: one listener, one service, every exchange remembered. */
final class ProxyRig implements AutoCloseable {
    static final int CONNECTIONS = 50;

    final List<Exchange> finished = new CopyOnWriteArrayList<>();
    final List<String> retriesSkipped = new CopyOnWriteArrayList<>();
    final Service service;
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
        Transport transport = Transport.of(Transport.Kind.AUTO);
        loops = new MultiThreadIoEventLoopGroup(1, transport.io());
        Ticker ticker = Ticker.system();
        service =
                Service.of(
                        "upstream",
                        config,
                        new Service.Context(
                                transport,
                                identity,
                                ExpectedPeer.anyOf("cluster.local"),
                                new RefusalLog(LoggerFactory.getLogger("rig"), ticker),
                                (_, _, _) -> {},
                                ticker));
        service.update(new EndpointSet(1, endpoints));
        ExchangeObserver observer = new Remember();
        Forwarder forwarder =
                new Forwarder(
                        Map.of("upstream", service),
                        observer,
                        ticker,
                        Clock.systemUTC(),
                        () -> new Random(7));
        FilterChain chain =
                new FilterChain(
                        List.of(
                                new DeadlineFilter(),
                                new FixedRouteFilter("upstream", config.timeout().toNanos())),
                        forwarder,
                        observer,
                        ticker);
        listener =
                new Listener(
                        new ListenerConfig("rig", IpPort.parse("127.0.0.1:0"), CONNECTIONS, limits),
                        peer -> new ExchangeStart(Direction.OUTBOUND, peer, () -> chain, ticker),
                        security,
                        ticker);
        listener.open(transport, loops);
    }

    ProxyRig(ServiceConfigs.Knobs knobs, RawUpstream... upstreams) throws IOException {
        this(
                knobs.config(),
                H1Limits.DEFAULTS,
                Stream.of(upstreams).map(it -> new Endpoint("127.0.0.1", it.port())).toList());
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
        service.close();
        await().until(() -> service.openConnections() == 0 && listener.connections() == 0);
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
