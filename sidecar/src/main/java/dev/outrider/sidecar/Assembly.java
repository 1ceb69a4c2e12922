package dev.outrider.sidecar;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.auth.AccessFilter;
import dev.outrider.sidecar.auth.AccessRules;
import dev.outrider.sidecar.auth.AuditLog;
import dev.outrider.sidecar.auth.ConnectionAccess;
import dev.outrider.sidecar.auth.DenyList;
import dev.outrider.sidecar.auth.IdentityTokenFilter;
import dev.outrider.sidecar.auth.IdentityTokens;
import dev.outrider.sidecar.auth.Jwks;
import dev.outrider.sidecar.auth.JwksSource;
import dev.outrider.sidecar.auth.JwtConfig;
import dev.outrider.sidecar.auth.JwtFilter;
import dev.outrider.sidecar.auth.MtlsMode;
import dev.outrider.sidecar.auth.PeerFilter;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.DnsTransport;
import dev.outrider.sidecar.discover.EndpointSource;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.TcpObserver;
import dev.outrider.sidecar.forward.Forwarder;
import dev.outrider.sidecar.forward.HealthProbes;
import dev.outrider.sidecar.forward.OriginalDestinations;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.TcpConfig;
import dev.outrider.sidecar.forward.TcpForwarder;
import dev.outrider.sidecar.forward.TcpRoute;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.inbound.InboundConfig;
import dev.outrider.sidecar.listen.ConnectionHandler;
import dev.outrider.sidecar.listen.Handlers;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.listen.Security;
import dev.outrider.sidecar.listen.TcpHandler;
import dev.outrider.sidecar.observe.AccessLog;
import dev.outrider.sidecar.observe.EventLoopLag;
import dev.outrider.sidecar.observe.Metrics;
import dev.outrider.sidecar.observe.RuntimeMetrics;
import dev.outrider.sidecar.observe.SpanReporter;
import dev.outrider.sidecar.observe.TracingFilter;
import dev.outrider.sidecar.observe.Workload;
import dev.outrider.sidecar.outbound.Outbound;
import dev.outrider.sidecar.outbound.OutboundConfig;
import dev.outrider.sidecar.schema.Value;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.Alpn;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.IdentityConfig;
import dev.outrider.sidecar.tls.IdentitySource;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.TlsContexts;
import dev.outrider.sidecar.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds every part of a proxy from its configuration, each given what it needs. What is opened on
 * the way is handed to {@link OpenParts}, in an order whose reverse is right for closing: a part
 * ends after those that use it, and the logs end after the event loops, so that a cut request is
 * still logged.
 */
final class Assembly {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);
    private static final List<String> PROTOCOLS =
            List.of("h2", "http/1.1", Alpn.TCP.offered().getFirst());
    private static final Duration DENY_LIST_POLL = Duration.ofSeconds(1);
    private static final Duration LAG_PERIOD = Duration.ofSeconds(1);

    final Transport transport;
    final EventLoopGroup loops;
    final SidecarState state;
    final @Nullable AccessLog accessLog;
    private final SidecarConfig config;
    private final OpenParts parts;
    private final Ticker ticker;
    private final InstantSource clock = Clock.systemUTC();
    private final SecureRandom secureRandom = new SecureRandom();
    private final RandomGenerator random = new SharedRandom(secureRandom.nextLong());
    private final RefusalLog refusals;
    private final Metrics metrics;
    private final Map<String, Service> services = new LinkedHashMap<>();
    private final List<EndpointSource> sources = new ArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final @Nullable IdentitySource identities;
    private final OwnAddresses own;
    private volatile boolean identityKnown;

    Assembly(SidecarConfig config, Value file, OpenParts parts, Ticker ticker) throws IOException {
        this.config = config;
        this.parts = parts;
        this.ticker = ticker;
        this.own =
                OwnAddresses.of(
                        listeners, config.admin().enabled() ? config.admin().address() : null);
        this.transport = Transport.of(config.runtime().transport());
        this.refusals = new RefusalLog(LoggerFactory.getLogger("dev.outrider.tls"), ticker);
        IdentityConfig identity = config.identity();
        String principal = identity == null ? null : identity.id().toString();
        Workload workload = new Workload(config.name(), config.namespace(), principal);
        this.metrics = parts.add(new Metrics(config.metrics(), workload, this::expected));
        RuntimeMetrics.register(metrics.gauges());
        this.identities = startIdentity();
        MeshAuthority authority = parts.add(authority());
        Jwks jwks = startKeys(authority);
        SpanReporter spans =
                parts.add(SpanReporter.open(config.tracing(), workload, ticker, clock));
        TracingFilter tracing = new TracingFilter(config.tracing(), random, spans);
        this.accessLog = openAccessLog();
        ExchangeObserver observer = observers(tracing);
        this.loops = startLoops();
        buildServices();
        Forwarder forwarder =
                new Forwarder(
                        services,
                        observer,
                        ticker,
                        clock,
                        () -> new SplittableRandom(secureRandom.nextLong()));
        buildInbound(tracing, forwarder, observer, jwks);
        buildOutbound(tracing, forwarder, observer, authority);
        this.state =
                new SidecarState(
                        config,
                        file,
                        metrics,
                        services,
                        sources,
                        listeners,
                        identities,
                        jwks,
                        clock);
        Gauging.register(metrics.gauges(), state, spans, accessLog);
    }

    /** Whom a service's answers must come from, if that is one id and no pattern. */
    private @Nullable SpiffeId expected(String service) {
        OutboundConfig outbound = config.outbound();
        ServiceConfig known = outbound == null ? null : outbound.services().get(service);
        if (known == null || known.identity().size() != 1) {
            return null;
        }
        String pattern = known.identity().getFirst();
        return pattern.endsWith("*") ? null : SpiffeId.parse(pattern);
    }

    private @Nullable IdentitySource startIdentity() {
        IdentityConfig identity = config.identity();
        if (identity == null) {
            return null;
        }
        TlsContexts contexts = new TlsContexts(config.tls(), PROTOCOLS, clock);
        IdentitySource source =
                parts.add(IdentitySource.start(identity, contexts, clock, secureRandom));
        var _ = source.ready().thenRun(() -> identityKnown = true);
        return source;
    }

    private @Nullable Identity identity() {
        return identities != null && identityKnown ? identities.current() : null;
    }

    private MeshAuthority authority() {
        IdentityConfig identity = config.identity();
        OutboundConfig outbound = config.outbound();
        return new MeshAuthority(
                identity == null ? null : identity.ca(),
                this::identity,
                outbound == null ? Map.of() : outbound.tokenFiles());
    }

    private EventLoopGroup startLoops() {
        int cores = Runtime.getRuntime().availableProcessors();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(config.runtime().loopCount(cores), transport.io());
        parts.atEnd(() ->
                group.shutdownGracefully(0, 2, TimeUnit.SECONDS)
                        .awaitUninterruptibly(5, TimeUnit.SECONDS));
        parts.add(new EventLoopLag(group, LAG_PERIOD, ticker, metrics.gauges()));
        return group;
    }

    private @Nullable Jwks startKeys(MeshAuthority authority) {
        JwtConfig jwt = config.inbound() == null ? null : config.inbound().jwt();
        if (jwt == null) {
            return null;
        }
        boolean own = jwt.jwks().file() == null && jwt.jwks().url() == null;
        JwksSource source =
                own ? authority::keys : JwksSource.of(jwt.jwks(), TrustedBySystem::context, clock);
        Jwks keys = parts.add(new Jwks(source, jwt.jwks(), clock, ticker, random));
        if (own && identities != null) {
            // The authority can be asked about keys once it has been asked who we are.
            var _ = identities.ready().thenRun(keys::start);
        } else {
            keys.start();
        }
        AuthGauging.keys(metrics.gauges(), keys);
        return keys;
    }

    private @Nullable AccessLog openAccessLog() {
        return config.accessLog().on()
                ? parts.add(AccessLog.open(config.accessLog(), clock, random))
                : null;
    }

    private ExchangeObserver observers(TracingFilter tracing) {
        return ExchangeObserver.all(
                accessLog == null
                        ? List.of(tracing, metrics)
                        : List.of(tracing, metrics, accessLog));
    }

    private void buildServices() {
        IdentityConfig identity = config.identity();
        Service.Context context =
                new Service.Context(
                        transport,
                        this::identity,
                        ExpectedPeer.anyOf(identity == null ? "none" : identity.trustDomain()),
                        refusals,
                        (breaker, from, to) ->
                                LOG.warn(
                                        "breaker {}: {} -> {}",
                                        breaker.name(),
                                        Views.word(from),
                                        Views.word(to)),
                        ticker);
        InboundConfig inbound = config.inbound();
        if (inbound != null) {
            ServiceConfig app = Inbound.app(inbound);
            add(
                    app,
                    inbound.app() == null
                            ? Service.toOriginalDestination(
                                    Inbound.APP,
                                    app,
                                    context,
                                    OriginalDestinations.toApp(own, ticker))
                            : Service.withoutBreaker(Inbound.APP, app, context));
        }
        OutboundConfig outbound = config.outbound();
        if (outbound != null) {
            outbound.services().forEach((name, each) -> add(each, Service.of(name, each, context)));
            if (outbound.unknown() == OutboundConfig.Unknown.PASS) {
                ServiceConfig passthrough = Outbound.passthrough(outbound);
                add(
                        passthrough,
                        Service.toOriginalDestination(
                                Outbound.PASSTHROUGH,
                                passthrough,
                                context,
                                OriginalDestinations.out(own, ticker)));
            }
        }
    }

    private void add(ServiceConfig serviceConfig, Service service) {
        services.put(service.name(), service);
        parts.atEnd(service::close);
        if (serviceConfig.endpoints() == null) {
            return;
        }
        DnsTransport dns =
                new DnsTransport(
                        loops.next(), transport.datagramChannel(), transport.clientChannel());
        EndpointSource source =
                parts.add(serviceConfig.endpoints().source(config.dns(), dns, random));
        sources.add(source);
        source.subscribe(service::update);
        source.start();
        if (serviceConfig.health() != null) {
            parts.add(
                            new HealthProbes(
                                    service, serviceConfig.health(), loops.next(), ticker, random))
                    .start();
        }
    }

    private void buildInbound(
            TracingFilter tracing,
            Forwarder forwarder,
            ExchangeObserver observer,
            @Nullable Jwks jwks)
            throws IOException {
        InboundConfig inbound = config.inbound();
        IdentityConfig identity = config.identity();
        if (inbound == null || identity == null) {
            return;
        }
        PeerFilter peers = new PeerFilter(inbound.mtls(), identity.id());
        AuthGauging.peers(metrics.gauges(), peers);
        Security security =
                switch (inbound.mtls()) {
                    case STRICT -> new Security.MutualTls(this::identity, refusals);
                    case PERMISSIVE -> new Security.Permissive(this::identity, refusals);
                };
        AccessRules rules =
                new AccessRules(inbound.access(), inbound.mtls(), identity.trustDomain());
        ConnectionAccess unread = Inbound.connectionAccess(inbound, rules);
        AuthGauging.unread(metrics.gauges(), unread);
        ConnectionHandler http =
                Inbound.handler(
                        inbound,
                        tracing,
                        peers,
                        tokens(inbound.jwt(), jwks),
                        access(rules),
                        forwarder,
                        observer,
                        ticker);
        TcpRoute route = Inbound.tcpRoute(inbound, app(), unread);
        listen(
                Inbound.listener(inbound),
                new Handlers(http, relay(route, inbound.tcp())),
                security);
        if (inbound.mtls() == MtlsMode.PERMISSIVE) {
            LOG.warn("inbound is permissive: callers without a certificate are let in");
        }
    }

    private @Nullable JwtFilter tokens(@Nullable JwtConfig jwt, @Nullable Jwks jwks)
            throws IOException {
        if (jwt == null || jwks == null) {
            return null;
        }
        DenyList denied = null;
        if (jwt.denyList() != null) {
            denied = parts.add(DenyList.open(jwt.denyList(), DENY_LIST_POLL, clock));
            AuthGauging.denyList(metrics.gauges(), denied);
        }
        JwtFilter tokens = new JwtFilter(jwt, jwks, denied, clock);
        AuthGauging.tokens(metrics.gauges(), tokens);
        return tokens;
    }

    private AccessFilter access(AccessRules rules) {
        AuditLog audit = parts.add(new AuditLog());
        audit.start();
        AccessFilter access = new AccessFilter(rules, audit);
        AuthGauging.access(metrics.gauges(), access, audit);
        return access;
    }

    private void buildOutbound(
            TracingFilter tracing,
            Forwarder forwarder,
            ExchangeObserver observer,
            MeshAuthority authority) {
        OutboundConfig outbound = config.outbound();
        if (outbound == null) {
            return;
        }
        IdentityTokens tokens =
                parts.add(new IdentityTokens(authority, outbound.tokens(), clock, random));
        tokens.start();
        AuthGauging.ownTokens(metrics.gauges(), tokens);
        ConnectionHandler http =
                Outbound.handler(
                        outbound,
                        tracing,
                        new IdentityTokenFilter(tokens, this::audience),
                        forwarder,
                        observer,
                        ticker);
        listen(
                Outbound.listener(outbound),
                new Handlers(http, relay(Outbound.tcpRoute(outbound, services), outbound.tcp())),
                new Security.Plain());
    }

    private Service app() {
        return Objects.requireNonNull(services.get(Inbound.APP), "built with the services");
    }

    private TcpHandler relay(TcpRoute route, TcpConfig tcp) {
        TcpObserver observer =
                TcpObserver.all(accessLog == null ? List.of(metrics) : List.of(metrics, accessLog));
        return new TcpForwarder(
                        route, new TcpForwarder.Context(tcp, observer, ticker, clock, random))
                ::connected;
    }

    private @Nullable String audience(Exchange exchange) {
        Service service = services.get(String.valueOf(exchange.service()));
        return service == null ? null : service.config().audience();
    }

    private void listen(ListenerConfig config, Handlers handlers, Security security) {
        Listener listener = new Listener(config, handlers, security, own, ticker, random);
        listeners.add(listener);
        parts.atEnd(listener::cut);
        parts.atEnd(listener::close);
    }
}
