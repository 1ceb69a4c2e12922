package dev.outrider.sidecar.inbound;

import dev.outrider.sidecar.auth.AccessFilter;
import dev.outrider.sidecar.auth.AccessRules;
import dev.outrider.sidecar.auth.ConnectionAccess;
import dev.outrider.sidecar.auth.JwtFilter;
import dev.outrider.sidecar.auth.PeerFilter;
import dev.outrider.sidecar.auth.TokenHeader;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.forward.CallConfig;
import dev.outrider.sidecar.forward.PoolConfig;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.TcpRoute;
import dev.outrider.sidecar.listen.AppProtocol;
import dev.outrider.sidecar.listen.Capture;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.observe.TracingFilter;
import dev.outrider.sidecar.route.DeadlineFilter;
import dev.outrider.sidecar.route.FixedRouteFilter;
import dev.outrider.sidecar.route.UpgradeFilter;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.IpPort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to a request from another workload, in this order. */
public final class Inbound {
    /** The local app's name as a service. */
    public static final String APP = "app";

    private Inbound() {}

    public static FilterChain chain(
            InboundConfig config,
            TracingFilter tracing,
            PeerFilter peers,
            @Nullable JwtFilter tokens,
            AccessFilter access,
            Upstream forwarder,
            ExchangeObserver observer,
            Ticker ticker) {
        List<RequestFilter> filters = new ArrayList<>();
        filters.add(tracing); // first: even refusals get a span and a request id
        filters.add(new UnsentFilter()); // before all that may fail
        filters.add(new UpgradeFilter(config.upgrades()));
        filters.add(new DeadlineFilter()); // before anything that may take time
        filters.add(peers); // who the certificate says it is, also told to the app
        if (tokens != null) {
            filters.add(
                    tokens); // needs the peer: a token is good only with its owner's certificate
        }
        filters.add(Inbound::dropTokens); // the app has no use for them
        filters.add(access); // needs the peer and the token's claims
        filters.add(new FixedRouteFilter(APP, config.timeout().toNanos()));
        return new FilterChain(filters, forwarder, observer, ticker);
    }

    /** The port that other workloads, or the kernel's redirection, connect to. */
    public static ListenerConfig listener(InboundConfig config) {
        IpPort app = config.app();
        return new ListenerConfig(
                "inbound",
                Direction.INBOUND,
                config.listen(),
                config.connections(),
                config.http(),
                config.http2(),
                app == null ? Capture.ALL : Capture.NONE,
                config.ports(),
                app == null ? AppProtocol.AUTO : config.ports().of(app.port()),
                config.detectTimeout(),
                config.proxyProtocolFrom(),
                0);
    }

    /** Who may open connections that are relayed unread. */
    public static ConnectionAccess connectionAccess(InboundConfig config, AccessRules rules) {
        IpPort app = config.app();
        int appPort = app == null ? 0 : app.port();
        return new ConnectionAccess(
                rules,
                config.jwt() != null,
                port -> config.ports().saysOpaque(port == 0 ? appPort : port));
    }

    private static int port(InboundConfig config, TcpConnection connection) {
        InetSocketAddress destination = connection.destination();
        IpPort app = config.app();
        return destination != null ? destination.getPort() : app == null ? 0 : app.port();
    }

    private static Verdict dropTokens(Exchange exchange) {
        exchange.request().headers().removeSpellings(TokenHeader.DEFAULT_NAME);
        return Verdict.CONTINUE;
    }

    /**
     * The local app as a destination: one endpoint in plain text on loopback, or wherever captured
     * connections were going. No retries and no breaker: the caller's sidecar has both, and there
     * is no other instance to turn to here.
     */
    public static ServiceConfig app(InboundConfig config) {
        IpPort app = config.app();
        PoolConfig pool =
                new PoolConfig(
                        config.appConnectTimeout(),
                        PoolConfig.DEFAULTS.idlePerEndpoint(),
                        config.appIdle(),
                        Duration.ofHours(1),
                        PoolConfig.DEFAULTS.http2());
        CallConfig call =
                CallConfig.once(
                        config.protocol(),
                        config.timeout(),
                        config.idle(),
                        config.bulkhead(),
                        pool);
        return app == null
                ? ServiceConfig.toOriginalDestination(APP, call)
                : ServiceConfig.at(
                        APP, new Endpoint(app.address().getHostAddress(), app.port()), call);
    }

    /** Where raw TCP goes: to the app, for whom the rules let in. */
    public static TcpRoute tcpRoute(InboundConfig config, Service app, ConnectionAccess access) {
        TcpRoute.To raw = new TcpRoute.To(app, null, config.appProxyProtocol());
        TcpRoute.To watched = new TcpRoute.To(app, null, config.appProxyProtocol(), true);
        return connection -> {
            Failure refused = access.check(connection);
            if (refused != null) {
                return new TcpRoute.Nowhere(refused);
            }
            return config.ports().of(port(config, connection)) == AppProtocol.TCP ? raw : watched;
        };
    }
}
