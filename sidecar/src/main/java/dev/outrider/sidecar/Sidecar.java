package dev.outrider.sidecar;

import dev.outrider.sidecar.admin.AdminServer;
import dev.outrider.sidecar.auth.AccessFilter;
import dev.outrider.sidecar.auth.AccessRules;
import dev.outrider.sidecar.auth.AuditLog;
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
import dev.outrider.sidecar.forward.Forwarder;
import dev.outrider.sidecar.forward.HealthProbes;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.inbound.InboundConfig;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.listen.Security;
import dev.outrider.sidecar.observe.AccessLog;
import dev.outrider.sidecar.observe.Metrics;
import dev.outrider.sidecar.observe.RuntimeMetrics;
import dev.outrider.sidecar.observe.SpanReporter;
import dev.outrider.sidecar.observe.TracingFilter;
import dev.outrider.sidecar.observe.Workload;
import dev.outrider.sidecar.outbound.Outbound;
import dev.outrider.sidecar.outbound.OutboundConfig;
import dev.outrider.sidecar.schema.Value;
import dev.outrider.sidecar.time.Ticker;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running proxy. The constructor builds every part, {@link #start} opens the ports, {@link
 * #drain} lets go of clients without hurting them, {@link #close} ends it.
 */
public final class Sidecar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);
    private static final List<String> PROTOCOLS = List.of("http/1.1");

    private final SidecarConfig config;
    private final Ticker ticker = Ticker.system();
    private final InstantSource clock = Clock.systemUTC();
    private final SecureRandom secureRandom = new SecureRandom();
    private final RandomGenerator random = new SynchronizedRandom(secureRandom.nextLong());
    private final Transport transport;
    private final EventLoopGroup loops;
    private final RefusalLog refusals;
    private final Metrics metrics;
    private final Map<String, Service> services = new LinkedHashMap<>();
    private final List<EndpointSource> sources = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final @Nullable IdentitySource identities;
    private final @Nullable Jwks jwks;
    private final SidecarState state;

    public Sidecar(SidecarConfig config, Value file) throws IOException {
        this.config = config;
        this.transport = Transport.of(config.runtime().transport());
        int cores = Runtime.getRuntime().availableProcessors();
        this.loops =
                new MultiThreadIoEventLoopGroup(config.runtime().loopCount(cores), transport.io());
        this.refusals = new RefusalLog(LoggerFactory.getLogger("dev.outrider.tls"), ticker);
        this.identities = startIdentity();
        IdentityConfig identity = config.identity();
        String principal = identity == null ? null : identity.id().toString();
        Workload workload = new Workload(config.name(), config.namespace(), principal);
        this.metrics = new Metrics(config.metrics(), workload, _ -> null);
        RuntimeMetrics.register(metrics.gauges());
        MeshAuthority authority =
                closedLater(
                        new MeshAuthority(
                                identity == null ? null : identity.ca(),
                                this::identity,
                                config.outbound() == null
                                        ? Map.of()
                                        : config.outbound().tokenFiles()));
        this.jwks = startKeys(authority);
        SpanReporter spans =
                closedLater(SpanReporter.open(config.tracing(), workload, ticker, clock));
        TracingFilter tracing = new TracingFilter(config.tracing(), random, spans);
        AccessLog accessLog = startAccessLog();
        ExchangeObserver observer = observers(tracing, accessLog);
        buildServices();
        Forwarder forwarder =
                new Forwarder(
                        services,
                        observer,
                        ticker,
                        clock,
                        () -> new SplittableRandom(secureRandom.nextLong()));
        buildInbound(tracing, forwarder, observer);
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

    // ---- building

    private @Nullable IdentitySource startIdentity() {
        IdentityConfig identity = config.identity();
        if (identity == null) {
            return null;
        }
        TlsContexts contexts = new TlsContexts(config.tls(), PROTOCOLS, PROTOCOLS, clock);
        return closedLater(IdentitySource.start(identity, contexts, clock, secureRandom));
    }

    private @Nullable Identity identity() {
        return identities != null && identities.ready().toCompletableFuture().isDone()
                ? identities.current()
                : null;
    }

    private @Nullable Jwks startKeys(MeshAuthority authority) {
        JwtConfig jwt = config.inbound() == null ? null : config.inbound().jwt();
        if (jwt == null) {
            return null;
        }
        boolean own = jwt.jwks().file() == null && jwt.jwks().url() == null;
        JwksSource source =
                own ? authority::keys : JwksSource.of(jwt.jwks(), TrustedBySystem::context, clock);
        Jwks keys = closedLater(new Jwks(source, jwt.jwks(), clock, ticker, random));
        keys.start();
        return keys;
    }

    private @Nullable AccessLog startAccessLog() {
        return config.accessLog().on()
                ? closedLater(AccessLog.open(config.accessLog(), clock, random))
                : null;
    }

    private ExchangeObserver observers(TracingFilter tracing, @Nullable AccessLog accessLog) {
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
                                LOG.warn("breaker {}: {} -> {}", breaker.name(), from, to),
                        ticker);
        InboundConfig inbound = config.inbound();
        if (inbound != null) {
            ServiceConfig app = Inbound.app(inbound);
            add(app, Service.withoutBreaker(Inbound.APP, app, context));
        }
        OutboundConfig outbound = config.outbound();
        if (outbound != null) {
            outbound.services().forEach((name, each) -> add(each, Service.of(name, each, context)));
        }
    }

    private void add(ServiceConfig serviceConfig, Service service) {
        services.put(service.name(), service);
        DnsTransport dns =
                new DnsTransport(
                        loops.next(), transport.datagramChannel(), transport.clientChannel());
        EndpointSource source =
                closedLater(serviceConfig.endpoints().source(config.dns(), dns, random));
        sources.add(source);
        source.subscribe(service::update);
        source.start();
        if (serviceConfig.health() != null) {
            closedLater(
                            new HealthProbes(
                                    service, serviceConfig.health(), loops.next(), ticker, random))
                    .start();
        }
    }

    private void buildInbound(TracingFilter tracing, Forwarder forwarder, ExchangeObserver observer)
            throws IOException {
        InboundConfig inbound = config.inbound();
        IdentityConfig identity = config.identity();
        if (inbound == null || identity == null) {
            return;
        }
        AuditLog audit = closedLater(new AuditLog());
        audit.start();
        AccessRules rules =
                new AccessRules(inbound.access(), inbound.mtls(), identity.trustDomain());
        Security security =
                switch (inbound.mtls()) {
                    case STRICT -> new Security.MutualTls(this::identity, refusals);
                    case PERMISSIVE -> new Security.Permissive(this::identity, refusals);
                };
        listeners.add(
                new Listener(
                        new ListenerConfig(
                                "inbound", inbound.listen(), inbound.connections(), inbound.http()),
                        Inbound.handler(
                                inbound,
                                tracing,
                                new PeerFilter(inbound.mtls(), identity.id()),
                                tokens(inbound.jwt()),
                                new AccessFilter(rules, audit),
                                forwarder,
                                observer,
                                ticker),
                        security,
                        ticker));
        if (inbound.mtls() == MtlsMode.PERMISSIVE) {
            LOG.warn("inbound is permissive: callers without a certificate are let in");
        }
    }

    private @Nullable JwtFilter tokens(@Nullable JwtConfig jwt) throws IOException {
        if (jwt == null || jwks == null) {
            return null;
        }
        DenyList denied =
                jwt.denyList() == null
                        ? null
                        : closedLater(DenyList.open(jwt.denyList(), Duration.ofSeconds(1), clock));
        return new JwtFilter(jwt, jwks, denied, clock);
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
                closedLater(new IdentityTokens(authority, outbound.tokens(), clock, random));
        tokens.start();
        listeners.add(
                new Listener(
                        new ListenerConfig(
                                "outbound",
                                outbound.listen(),
                                outbound.connections(),
                                outbound.http()),
                        Outbound.handler(
                                outbound,
                                tracing,
                                new IdentityTokenFilter(tokens, Sidecar.this::audience),
                                forwarder,
                                observer,
                                ticker),
                        new Security.Plain(),
                        ticker));
    }

    private @Nullable String audience(Exchange exchange) {
        Service service = services.get(String.valueOf(exchange.service()));
        return service == null ? null : service.config().audience();
    }

    private <T extends AutoCloseable> T closedLater(T part) {
        closing.push(part);
        return part;
    }

    // ---- running

    /** Opens the ports; the admin port first, so that a start that hangs can be looked at. */
    public void start(Runnable shutdown) throws IOException {
        if (config.admin().enabled()) {
            closedLater(
                    AdminServer.start(
                            config.admin(),
                            Views.of(
                                    state,
                                    new SidecarLifecycle(this::drainInBackground, shutdown),
                                    ticker),
                            ticker));
            LOG.info("admin listening on {}", config.admin().address());
        }
        for (Listener listener : listeners) {
            listener.open(transport, loops);
        }
    }

    public SidecarState state() {
        return state;
    }

    /** Fails readiness, keeps taking work for the spread time, then lets every client go. */
    public void drain() {
        if (!state.startDraining()) {
            return;
        }
        LOG.info("draining: {} connections", state.connections());
        pause(config.runtime().spread());
        listeners.forEach(Listener::close);
        listeners.forEach(Listener::drain);
        long end = ticker.nanos() + config.runtime().drain().toNanos();
        while (state.connections() > 0 && end - ticker.nanos() > 0) {
            pause(Duration.ofMillis(20));
        }
        if (state.connections() > 0) {
            LOG.warn("{} connections did not end in time and are cut", state.connections());
        }
    }

    private void drainInBackground() {
        var _ = Thread.ofVirtual().name("drain").start(this::drain);
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends everything, whatever is under way; {@link #drain} first for a gentle end. */
    @Override
    public void close() {
        listeners.forEach(Listener::close);
        services.values().forEach(Service::close);
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        while (!closing.isEmpty()) {
            AutoCloseable part = closing.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close: {}", part.getClass().getSimpleName(), e.toString());
            }
        }
    }
}
