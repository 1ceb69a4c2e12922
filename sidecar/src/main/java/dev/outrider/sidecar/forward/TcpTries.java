package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.LazyTimer;
import dev.outrider.sidecar.time.Ticker;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gets a relay its connection: takes a place in the bulkhead, picks a member, takes a breaker
 * permit, connects, and turns to another member when that fails, which is safe since nothing has
 * been sent. A connection that is made counts as a success. Each member's and the breaker's
 * accounts are settled exactly once. On the loop.
 */
final class TcpTries implements TcpDial.Waiter {
    /** Told once, unless it has ended it. */
    interface Owner {
        void attempted(AttemptResult result);

        /** The relay holds a place at the member now, which {@link #end} gives back. */
        void connected(Member member, @Nullable Instant until);

        void notConnected(Failure failure);
    }

    private final Owner owner;
    private final TcpConnection connection;
    private final Service service;
    private final @Nullable InetSocketAddress fixed;
    private final Supplier<TcpEnd> ends;
    private final EventLoop loop;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final LazyTimer timer;
    private final Place place;
    private @Nullable Member member;
    private @Nullable Member connected;
    private @Nullable TcpDial dial;
    private @Nullable Failure lastFailure;
    private long permit;
    private long startedNanos;
    private int attempts;

    /**
     * @param ends makes the end of each connection that is tried
     */
    TcpTries(
            Owner owner,
            TcpConnection connection,
            TcpRoute.To target,
            Supplier<TcpEnd> ends,
            EventLoop loop,
            TcpForwarder.Context context) {
        this.owner = owner;
        this.connection = connection;
        this.service = target.service();
        this.fixed = target.member();
        this.ends = ends;
        this.loop = loop;
        this.ticker = context.ticker();
        this.random = context.random();
        this.timer = new LazyTimer(loop, ticker, this::timedOut);
        this.place = new Place(service.bulkhead(), loop, this::entered);
    }

    void start() {
        switch (place.take()) {
            case ENTERED -> entered();
            case QUEUED -> timer.in(service.bulkhead().config().queueTimeout().toNanos());
            case FULL -> noPlace("all places are taken");
        }
    }

    private void entered() {
        timer.off();
        service.deposit();
        attempt();
    }

    private void noPlace(String why) {
        owner.notConnected(new Failure.BulkheadFull(service.name(), why));
    }

    private void attempt() {
        permit = service.acquire();
        if (permit == CircuitBreaker.REFUSED) {
            owner.notConnected(
                    new Failure.CircuitOpen(service.name(), service.breakerRetryAfter()));
            return;
        }
        Member next =
                fixed == null
                        ? service.targets().pick(connection, member, random)
                        : service.memberAt(fixed);
        if (next == null || next == member) {
            service.ignore(permit);
            owner.notConnected(
                    lastFailure != null
                            ? lastFailure
                            : new Failure.NoEndpoint(
                                    service.name(),
                                    service.targets().whyNobody(connection.destination())));
            return;
        }
        member = next;
        attempts++;
        startedNanos = ticker.nanos();
        next.begin();
        TcpDial started = new TcpDial(service, next, ends.get(), this);
        dial = started;
        timer.in(service.config().call().pool().connectTimeout().toNanos());
        started.start(loop);
    }

    @Override
    public void connected(@Nullable Instant until) {
        Member made = over();
        connected = made;
        // Settling ends the attempt's place; the connection keeps one as long as it lives.
        made.begin();
        service.connections(made).open.increment();
        service.settle(made, permit, true, ticker.nanos() - startedNanos);
        record(made, null);
        owner.connected(made, until);
    }

    @Override
    public void notConnected(Failure failure) {
        Member failed = over();
        lastFailure = failure;
        record(failed, failure);
        if (failure instanceof Failure.NotReady) {
            service.ignore(failed, permit);
            owner.notConnected(failure);
            return;
        }
        service.settle(failed, permit, false, ticker.nanos() - startedNanos);
        boolean again = fixed == null && attempts <= service.config().call().retry().attempts();
        if (again && service.withdraw()) {
            attempt();
        } else {
            owner.notConnected(failure);
        }
    }

    private void timedOut() {
        TcpDial pending = dial;
        if (pending == null) {
            noPlace("no place came free in time");
        } else {
            pending.cancel();
            long millis = service.config().call().pool().connectTimeout().toMillis();
            notConnected(
                    new Failure.TimedOut(
                            Failure.TimedOut.Phase.CONNECT,
                            pending.stage() + " to " + name() + " took over " + millis + " ms",
                            false));
        }
    }

    /**
     * The relay is over, and gives back what it holds; once. If the connection was not made yet,
     * that says nothing of the member.
     */
    void end(@Nullable Failure why) {
        timer.close();
        place.leave();
        TcpDial pending = dial;
        if (pending != null) {
            pending.cancel();
            Member tried = over();
            service.ignore(tried, permit);
            record(tried, why);
        }
        if (connected != null) {
            connected.abandon();
            service.connections(connected).open.decrement();
        }
    }

    private Member over() {
        timer.close();
        dial = null;
        return java.util.Objects.requireNonNull(member);
    }

    private String name() {
        return java.util.Objects.requireNonNull(member).address();
    }

    private void record(Member tried, @Nullable Failure failure) {
        owner.attempted(
                new AttemptResult(
                        attempts, tried.address(), startedNanos, ticker.nanos(), 0, failure));
    }
}
