package dev.outrider.sidecar;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.auth.AuditLog;
import dev.outrider.sidecar.body.MirrorCounts;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.DnsTransport;
import dev.outrider.sidecar.discover.KubernetesConfig;
import dev.outrider.sidecar.edge.EdgeConfig;
import dev.outrider.sidecar.forward.CalledServices;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.limit.LimitState;
import dev.outrider.sidecar.observe.EventLoopLag;
import dev.outrider.sidecar.observe.Metrics;
import dev.outrider.sidecar.observe.RuntimeMetrics;
import dev.outrider.sidecar.observe.Workload;
import dev.outrider.sidecar.outbound.ClusterService;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.Alpn;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.IdentityConfig;
import dev.outrider.sidecar.tls.IdentitySource;
import dev.outrider.sidecar.tls.PublicCertificates;
import dev.outrider.sidecar.tls.PublicTlsConfig;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.Revocations;
import dev.outrider.sidecar.tls.TlsContexts;
import dev.outrider.sidecar.transport.IpPort;
import dev.outrider.sidecar.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a proxy has from its start to its end, whatever its configuration becomes: who it is, its
 * event loops, its metrics. Keys that only this looks at need a restart, see {@link
 * dev.outrider.sidecar.config.Restart}.
 */
final class Base implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

    /** What callers may choose, by their own preference second. */
    private static final List<String> PROTOCOLS =
            Stream.of(Alpn.HTTP_2, Alpn.TCP).flatMap(it -> it.offered().stream()).toList();

    private static final Duration LAG_PERIOD = Duration.ofSeconds(1);

    private static final String ZONE = "OUTRIDER_ZONE";

    private final Map<String, String> environment = System.getenv();
    final Ticker ticker;
    final InstantSource clock = Clock.systemUTC();
    final SecureRandom secureRandom = new SecureRandom();
    final RandomGenerator random = new SharedRandom(secureRandom.nextLong());
    final Transport transport;
    final EventLoopGroup loops;
    private final List<DnsTransport> lookups;
    private final AtomicInteger nextLookups = new AtomicInteger();
    final Workload workload;
    final Metrics metrics;
    final RefusalLog refusals;
    final Revocations revocations;
    final @Nullable IdentitySource identities;

    /** Empty without TLS. */
    private volatile String tlsLibrary = "";

    final MeshAuthority authority;
    final AuditLog audit;

    /** What clients from outside have used, whatever the limits become; null but for an edge. */
    final @Nullable LimitState limits;

    /** What an edge's mirrors have copied so far. */
    final MirrorCounts mirrored = new MirrorCounts();

    final OwnAddresses own;
    final Service.Context services;
    private final OpenParts parts = new OpenParts();
    private volatile SidecarConfig config;
    private volatile @Nullable Cluster cluster;

    Base(SidecarConfig config, Ticker ticker) throws IOException {
        this.config = config;
        this.ticker = ticker;
        try {
            this.transport = Transport.of(config.runtime().transport());
            this.refusals = new RefusalLog(LoggerFactory.getLogger("dev.outrider.tls"), ticker);
            IdentityConfig identity = config.identity();
            String principal = identity == null ? null : identity.id().toString();
            this.workload = new Workload(config.name(), config.namespace(), principal);
            this.metrics = parts.add(new Metrics(config.metrics(), workload, this::expected));
            RuntimeMetrics.register(metrics.gauges());
            this.revocations = parts.add(Revocations.open(config.tls()));
            this.identities = startIdentity(identity);
            this.authority =
                    parts.add(
                            new MeshAuthority(
                                    identity == null ? null : identity.ca(), this::identity));
            this.own = OwnAddresses.of(aside(config));
            this.audit = parts.add(new AuditLog());
            audit.start();
            EdgeConfig edge = config.edge();
            this.limits =
                    edge == null
                            ? null
                            : new LimitState(edge.limits().keys(), ticker, clock, secureRandom);
            this.services = context(identity);
            this.loops = startLoops();
            this.lookups = lookups(loops, transport);
        } catch (IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** What is in force, for parts that outlive it. */
    SidecarConfig config() {
        return config;
    }

    void inForce(InForce next) {
        config = next.config();
        cluster = next.cluster();
    }

    /** Where this proxy listens besides the data path. */
    private static List<IpPort> aside(SidecarConfig config) {
        List<IpPort> ports = new ArrayList<>();
        if (config.admin().enabled()) {
            ports.add(config.admin().address());
        }
        if (config.pod() != null) {
            ports.add(config.pod().listen());
        }
        return List.copyOf(ports);
    }

    /** Whom a service's answers must come from, if that is one id and no pattern. */
    private @Nullable SpiffeId expected(String service) {
        CalledServices calls = config.calls();
        ServiceConfig known = calls == null ? null : calls.services().get(service);
        Cluster around = cluster;
        if (known == null && around != null) {
            ClusterService unlisted = ClusterService.parse(service, around);
            String peer = unlisted == null ? null : around.peer(unlisted.name().service());
            return peer == null ? null : SpiffeId.parse(peer);
        }
        if (known == null || known.identity().size() != 1) {
            return null;
        }
        String pattern = known.identity().getFirst();
        return pattern.endsWith("*") ? null : SpiffeId.parse(pattern);
    }

    private @Nullable IdentitySource startIdentity(@Nullable IdentityConfig identity) {
        if (identity == null) {
            return null;
        }
        TlsContexts contexts = contexts();
        tlsLibrary = contexts.library();
        return parts.add(IdentitySource.start(identity, contexts, clock, secureRandom));
    }

    /** The certificates that clients from outside are shown. */
    PublicCertificates publicCertificates(PublicTlsConfig shown) throws IOException {
        TlsContexts contexts = contexts();
        tlsLibrary = contexts.library();
        return PublicCertificates.open(shown, contexts, clock);
    }

    private TlsContexts contexts() {
        return new TlsContexts(config.tls(), PROTOCOLS, clock, revocations, random);
    }

    /** What does TLS, for operators; empty if nothing does. */
    String tlsLibrary() {
        return tlsLibrary;
    }

    /** The identity of now, null before the first. */
    @Nullable Identity identity() {
        return identities == null ? null : identities.peek();
    }

    private Service.Context context(@Nullable IdentityConfig identity) {
        return new Service.Context(
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
                own,
                ticker);
    }

    /** The one before if it is the same cluster, asked in the same way. */
    Cluster cluster(SidecarConfig changed, @Nullable Cluster old) {
        CalledServices calls = changed.calls();
        KubernetesConfig wanted =
                (calls == null ? KubernetesConfig.DEFAULTS : calls.cluster())
                        .in(changed.namespace(), environment.getOrDefault(ZONE, ""));
        IdentityConfig identity = changed.identity();
        return old != null && old.config().equals(wanted)
                ? old
                : new Cluster(
                        wanted,
                        identity == null ? "none" : identity.trustDomain(),
                        () -> wanted.open(environment),
                        ticker,
                        random);
    }

    private EventLoopGroup startLoops() {
        int cores = Runtime.getRuntime().availableProcessors();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        config.runtime().loopCount(config.profile(), cores), transport.io());
        parts.atEnd(() -> end(group));
        parts.add(new EventLoopLag(group, LAG_PERIOD, ticker, metrics.gauges()));
        return group;
    }

    private static List<DnsTransport> lookups(EventLoopGroup loops, Transport transport) {
        List<DnsTransport> lookups = new ArrayList<>();
        for (EventExecutor loop : loops) {
            lookups.add(
                    new DnsTransport(
                            (EventLoop) loop,
                            transport.datagramChannel(),
                            transport.clientChannel()));
        }
        return List.copyOf(lookups);
    }

    /** Where the next name is looked up: in turn on each loop. */
    DnsTransport lookups() {
        int next = Math.floorMod(nextLookups.getAndIncrement(), lookups.size());
        return lookups.get(next);
    }

    /** Ends the loops, before the logs that cut requests still go to. */
    void endLoops() {
        end(loops);
    }

    private static void end(EventLoopGroup group) {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        parts.close();
    }
}
