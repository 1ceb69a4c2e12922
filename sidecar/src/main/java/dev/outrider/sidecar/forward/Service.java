package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.balance.Members;
import dev.outrider.sidecar.balance.Outliers;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.resilience.Bulkhead;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.resilience.Fault;
import dev.outrider.sidecar.resilience.FaultPolicy;
import dev.outrider.sidecar.resilience.RetryAfterField;
import dev.outrider.sidecar.resilience.RetryBudget;
import dev.outrider.sidecar.resilience.RetryPolicy;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.TlsFailure;
import dev.outrider.sidecar.transport.Transport;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A destination at run time: who its members are, and the guards that all loops share. Everything
 * here is atomic or immutable.
 */
public final class Service {
    private static final Fault NO_FAULT = new Fault.None();

    /** What the service takes from the proxy it is part of. */
    public record Context(
            Transport transport,
            Supplier<@Nullable Identity> identity,
            ExpectedPeer anybody,
            RefusalLog refusals,
            CircuitBreaker.Listener breakerListener,
            Self self,
            Ticker ticker) {}

    private final String name;
    private final ServiceConfig config;
    private final Context context;
    private final ExpectedPeer expectedPeer;
    private final ServiceGuards guards;
    private final RetryPolicy retryPolicy;
    private final @Nullable FaultPolicy faults;
    private final long perTryNanos;
    private final long idleNanos;
    private final @Nullable OriginalDestinations original;
    private final Targets targets;
    private final Reach reach;
    private final Roster roster;

    /** The one in force of all that follow each other, so that none keeps those between alive. */
    private final AtomicReference<Service> latest;

    /** A service behind a breaker. */
    public static Service of(String name, ServiceConfig config, Context context) {
        ServiceGuards guards = ServiceGuards.of(name, config, context, true);
        return new Service(name, config, context, guards, null, null);
    }

    /** The local app: there is no other to turn to, so nothing is gained by holding calls back. */
    public static Service withoutBreaker(String name, ServiceConfig config, Context context) {
        ServiceGuards guards = ServiceGuards.of(name, config, context, false);
        return new Service(name, config, context, guards, null, null);
    }

    /**
     * Wherever each connection was going before it was captured: members come and go with those who
     * ask for them. No breaker, since they have nothing in common.
     */
    public static Service toOriginalDestination(
            String name, ServiceConfig config, Context context, OriginalDestinations original) {
        ServiceGuards guards = ServiceGuards.of(name, config, context, false);
        return new Service(name, config, context, guards, original, null);
    }

    /**
     * This service under a changed configuration: it knows the same members and all that is known
     * of them, and keeps each guard whose own configuration is the same. Nothing happens until
     * {@link #replacedBy}.
     */
    public Service under(ServiceConfig changed) {
        ServiceGuards kept = guards.under(name, config, changed, context);
        return new Service(name, changed, context, kept, original, this);
    }

    /** From now on that one is used; connections go over to it if they are as good for it. */
    public void replacedBy(Service next) {
        next.comesIntoForce();
        latest.set(next);
        roster.close();
        boolean same = config.sameConnections(next.config);
        for (Worker worker : reach.workers()) {
            worker.loop.execute(() -> worker.adopt(this, next, same));
        }
    }

    private void comesIntoForce() {
        EndpointSet told = roster.comesIntoForce();
        if (told.version() > 0) {
            update(told);
        }
    }

    /** This one, or what has taken its place. */
    Service latest() {
        return latest.get();
    }

    private Service(
            String name,
            ServiceConfig config,
            Context context,
            ServiceGuards guards,
            @Nullable OriginalDestinations original,
            @Nullable Service old) {
        this.original = original;
        this.name = name;
        this.config = config;
        this.context = context;
        this.guards = guards;
        this.expectedPeer =
                config.identity().isEmpty()
                        ? context.anybody()
                        : new ExpectedPeer(config.identity());
        this.retryPolicy = new RetryPolicy(config.call().retry());
        this.faults = config.fault() == null ? null : new FaultPolicy(config.fault());
        Duration perTry = config.call().retry().perTry();
        this.perTryNanos = perTry == null ? Long.MAX_VALUE : perTry.toNanos();
        this.idleNanos = config.call().idle().toNanos();
        this.reach = old == null ? new Reach() : old.reach;
        this.latest = old == null ? new AtomicReference<>(this) : old.latest;
        this.roster =
                old == null
                        ? Roster.none(config.call().balance(), context.ticker())
                        : old.roster.under(config.call().balance());
        this.targets =
                original == null
                        ? new BalancedTargets(
                                name, config.call().balance(), roster::members, reach, context)
                        : new OriginalTargets(original, this::retain);
    }

    public String name() {
        return name;
    }

    public ServiceConfig config() {
        return config;
    }

    public Members members() {
        return roster.members();
    }

    public @Nullable CircuitBreaker breaker() {
        return guards.breaker();
    }

    public RetryBudget budget() {
        return guards.budget();
    }

    public Bulkhead bulkhead() {
        return guards.bulkhead();
    }

    public Outliers outliers() {
        return guards.outliers();
    }

    /** Connections open to a member now. */
    public int openConnections(Member member) {
        return connections(member).open.intValue();
    }

    /** Those of them that no call uses. */
    public int idleConnections(Member member) {
        return connections(member).idle.intValue();
    }

    public long openConnections() {
        return reach.openConnections();
    }

    public long idleConnections() {
        return reach.idleConnections();
    }

    ConnectionCounts connections(Member member) {
        return reach.connections(member);
    }

    // ---- endpoints

    /** Takes a set that is not older than the one before; its hosts are IP literals. */
    public void update(EndpointSet set) {
        set.endpoints().forEach(reach::learn);
        if (roster.update(set)) {
            retain(roster.addresses());
        }
    }

    /** Idle connections to others close; counts go with the last of these, at a later sweep. */
    private void retain(Set<String> kept) {
        reach.retain(kept);
        for (Worker worker : reach.workers()) {
            worker.loop.execute(() -> worker.retain(this));
        }
    }

    /** Ends the service: idle connections close, busy ones when their exchange is over. */
    public void close() {
        roster.close();
        for (Worker worker : reach.workers()) {
            worker.loop.execute(() -> worker.close(this));
        }
    }

    boolean closed() {
        return roster.closed();
    }

    /** The worker has connections, and is told when members go. */
    void usedBy(Worker worker) {
        reach.workers().add(worker);
    }

    void unusedBy(Worker worker) {
        reach.workers().remove(worker);
    }

    Targets targets() {
        return targets;
    }

    /** Whether one of its members is at that address. */
    public boolean runsAt(InetSocketAddress address) {
        return memberAt(address) != null;
    }

    /** The member that is at that address, if one is. */
    @Nullable Member memberAt(InetSocketAddress address) {
        return reach.at(address, members());
    }

    /** Why no connection may be opened there; null if one may. */
    @Nullable Failure whyNot(InetSocketAddress address) {
        String text = NetUtil.toSocketAddressString(address);
        if (address.isUnresolved()) {
            return new Failure.ConnectFailed(text, "the name does not resolve");
        }
        return context.self().leadsBack(name, address) ? new Failure.Loop(name, text) : null;
    }

    // ---- guards

    /** A breaker permit, or {@link CircuitBreaker#REFUSED}. */
    long acquire() {
        return guards.acquire();
    }

    Duration breakerRetryAfter() {
        return guards.breakerRetryAfter();
    }

    void ignore(long permit) {
        guards.ignore(permit);
    }

    /** An attempt is over and says nothing of the member. */
    void ignore(Member member, long permit) {
        member.abandon();
        ignore(permit);
    }

    /** An attempt was answered or failed. */
    void settle(Member member, long permit, boolean success, long latencyNanos) {
        member.end(latencyNanos, success, context.ticker().nanos());
        guards.settle(members(), member, permit, success);
    }

    void deposit() {
        budget().deposit();
    }

    boolean withdraw() {
        return budget().tryWithdraw();
    }

    boolean retries() {
        return config.call().retry().attempts() > 0;
    }

    RetryPolicy retryPolicy() {
        return retryPolicy;
    }

    static long retryAfterNanos(ResponseHead head, InstantSource clock) {
        return RetryAfterField.nanos(head.headers().get("retry-after"), clock);
    }

    Fault fault(RequestHead request, RandomGenerator random) {
        return faults == null ? NO_FAULT : faults.decide(request, random);
    }

    long perTryNanos() {
        return perTryNanos;
    }

    long idleNanos() {
        return idleNanos;
    }

    // ---- connections

    Transport transport() {
        return context.transport();
    }

    /** What new connections prove themselves with; null on plain text or before the first one. */
    @Nullable Identity currentIdentity() {
        return config.mtls() ? context.identity().get() : null;
    }

    /** Who has to answer there; what is configured counts before what the source of it says. */
    ExpectedPeer expectedPeer(Member member) {
        String peer = member.endpoint().peer();
        return peer == null || !config.identity().isEmpty()
                ? expectedPeer
                : new ExpectedPeer(List.of(peer));
    }

    void tlsRefused(InetSocketAddress peer, TlsFailure why) {
        context.refusals().refused(name, peer.getAddress(), why);
    }
}
