package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.QuotaLeft;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.redis.Redis;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what is more than the client may, by all limits that hold for a route, and tells it what
 * it has left. Local limits and leases that still hold units are decided on the spot; where Redis
 * is asked the request waits, at most for Redis's budget. {@link Limits#filter} makes it.
 */
public final class LimitFilter implements RequestFilter {
    private static final FastThreadLocal<Inquiry> INQUIRY =
            new FastThreadLocal<>() {
                @Override
                protected Inquiry initialValue() {
                    return new Inquiry();
                }
            };

    /** What no quota gave a time for: a crowd about a lease, or Redis that does not answer. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final List<Use> uses;
    private final LimitState state;
    private final QuotaFields fields;
    private final @Nullable Redis redis;
    private final @Nullable Leases leases;
    private final boolean exact;

    /** A limit with what a request costs here. */
    record Use(Limit limit, int cost) {}

    LimitFilter(
            List<Use> uses,
            LimitState state,
            RateLimitFields form,
            @Nullable Redis redis,
            @Nullable Leases leases) {
        this.uses = List.copyOf(uses);
        this.state = state;
        this.fields = new QuotaFields(this.uses, form);
        this.redis = redis;
        this.leases = leases;
        this.exact =
                uses.stream()
                        .anyMatch(use -> use.limit().config().policy() == LimitConfig.Policy.REDIS);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        return decide(exchange, null);
    }

    /** {@code waiting} has waited for its turn, and is not sent to the end of the line. */
    Verdict decide(Exchange exchange, @Nullable ThrottledRequest waiting) {
        if (exact) {
            return ask(exchange, waiting);
        }
        Inquiry inquiry = INQUIRY.get();
        inquiry.gather(exchange, uses, state.store().hash(), false);
        if (waiting == null && inquiry.turn != null) {
            return queue(exchange, inquiry);
        }
        Ask.Answer answer = state.store().decide(inquiry.here, state.micros());
        if (answer == Ask.Answer.LACKING) {
            return ask(exchange, waiting);
        }
        if (leases != null && answer == Ask.Answer.ALLOWED && leases.low(inquiry.here)) {
            // With an inquiry of its own: this one has no names for Redis.
            Inquiry named = new Inquiry();
            named.gather(exchange, uses, state.store().hash(), true);
            named.here.copyAnswers(inquiry.here);
            leases.refresh(named);
        }
        return verdict(exchange, inquiry, answer == Ask.Answer.ALLOWED, waiting);
    }

    private Verdict ask(Exchange exchange, @Nullable ThrottledRequest waiting) {
        if (redis == null || leases == null) {
            throw new IllegalStateException("a limit needs Redis, and there is none");
        }
        Inquiry inquiry = new Inquiry();
        inquiry.gather(exchange, uses, state.store().hash(), true);
        if (waiting == null && inquiry.turn != null) {
            return queue(exchange, inquiry);
        }
        CompletableFuture<RemoteDecision.Outcome> decision =
                new RemoteDecision(state, redis, leases, inquiry).start();
        if (decision.state() == Future.State.SUCCESS) {
            return arrived(exchange, inquiry, decision.resultNow(), null, waiting);
        }
        // On the loop, since the exchange is touched there only.
        CompletionStage<Verdict> later =
                decision.handleAsync(
                                (outcome, error) ->
                                        arrived(exchange, inquiry, outcome, error, waiting),
                                exchange.stream().loop())
                        .thenCompose(LimitFilter::flat);
        return new Verdict.Await(later);
    }

    /** An awaited verdict may itself be one to wait for, when the request has to queue. */
    private static CompletionStage<Verdict> flat(Verdict verdict) {
        return verdict instanceof Verdict.Await(var later)
                ? later
                : CompletableFuture.completedStage(verdict);
    }

    private Verdict arrived(
            Exchange exchange,
            Inquiry inquiry,
            RemoteDecision.@Nullable Outcome outcome,
            @Nullable Throwable error,
            @Nullable ThrottledRequest waiting) {
        if (outcome == null) {
            throw new IllegalStateException("a limit was not decided", error);
        }
        if (outcome == RemoteDecision.Outcome.UNKNOWN) {
            if (waiting != null) {
                waiting.leave(false);
            }
            return new Verdict.Reject(
                    new Failure.NotReady(
                            "rate-limits-unavailable",
                            "Redis does not answer, and a limit of this route fails closed"));
        }
        return verdict(exchange, inquiry, outcome == RemoteDecision.Outcome.ALLOWED, waiting);
    }

    private Verdict verdict(
            Exchange exchange,
            Inquiry inquiry,
            boolean allowed,
            @Nullable ThrottledRequest waiting) {
        count(inquiry.here, allowed);
        count(inquiry.there, allowed);
        Ask ask = inquiry.tightest();
        if (allowed) {
            if (ask != null) {
                fields.note(exchange, ask, ask.tightest(), this);
            }
            if (waiting != null) {
                waiting.leave(true);
            }
            return Verdict.CONTINUE;
        }
        if (ask == null) {
            throw new IllegalStateException("refused by no limit");
        }
        return refused(exchange, inquiry, ask, waiting);
    }

    /** Once for each limit, whose quotas stand together. */
    private static void count(Ask ask, boolean allowed) {
        for (int i = 0; i < ask.size(); ) {
            Limit limit = ask.quota(i).limit();
            boolean wouldRefuse = false;
            boolean counts = ask.rule(i).counts();
            for (; i < ask.size() && ask.quota(i).limit().equals(limit); i++) {
                wouldRefuse |= ask.dry(i) && ask.wait(i) > 0;
            }
            if (!counts) {
                continue; // it is counted where Redis decides
            }
            if (wouldRefuse) {
                limit.meter().wouldRefuse.increment();
            } else if (allowed) {
                limit.meter().allowed.increment();
            }
        }
    }

    private Verdict refused(
            Exchange exchange, Inquiry inquiry, Ask ask, @Nullable ThrottledRequest waiting) {
        int i = ask.tightest();
        long wait = ask.wait(i);
        Quota quota = ask.quota(i);
        if (wait > 0 && mayWait(inquiry.here) && mayWait(inquiry.there)) {
            Verdict later = wait(exchange, quota, ask, i, waiting);
            if (later != null) {
                return later;
            }
        }
        if (waiting != null) {
            waiting.leave(false);
        }
        quota.limit().meter().refused.increment();
        fields.note(exchange, ask, i, this);
        Duration retryAfter = wait > 0 ? Duration.of(wait, ChronoUnit.MICROS) : SOON;
        return new Verdict.Reject(
                new Failure.RateLimited(
                        quota.policy(),
                        retryAfter,
                        "limit '"
                                + quota.policy()
                                + "' of "
                                + quota.rule().limit()
                                + " units is used up"));
    }

    /** Whether every quota that refuses lets requests wait. */
    private static boolean mayWait(Ask ask) {
        for (int i = 0; i < ask.size(); i++) {
            if (ask.refuses(i) && ask.quota(i).limit().throttle() == null) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Verdict wait(
            Exchange exchange, Quota quota, Ask ask, int i, @Nullable ThrottledRequest waiting) {
        long now = state.micros();
        long earliest = now + ask.wait(i);
        if (waiting != null) {
            return waiting.again(earliest);
        }
        KeyId line = new KeyId(quota.high(ask.high(i)), quota.low(ask.low(i)));
        return ThrottledRequest.enter(
                this, exchange, quota.limit(), line, earliest, quota.spacing(ask.cost(i)), state);
    }

    /** Others wait already: behind them, without a try. */
    private Verdict queue(Exchange exchange, Inquiry inquiry) {
        Inquiry.Turn turn = inquiry.turn;
        if (turn == null) {
            throw new IllegalStateException("no line to wait in");
        }
        Verdict later =
                ThrottledRequest.enter(
                        this,
                        exchange,
                        turn.limit(),
                        turn.key(),
                        state.micros(),
                        turn.spacing(),
                        state);
        return later == null ? crowded(exchange, turn.limit()) : later;
    }

    /** Also the verdict on one whose turn did not come in time. */
    Verdict crowded(Exchange exchange, Limit limit) {
        limit.meter().refused.increment();
        Quota quota = limit.tier(exchange).quotas().getFirst();
        long soon = SOON.toNanos() / 1000;
        QuotaLeft none = new QuotaLeft(quota.policy(), quota.rule().limit(), 0, soon, soon, this);
        exchange.edge().quotaLeft(none);
        return new Verdict.Reject(
                new Failure.RateLimited(
                        limit.name(),
                        SOON,
                        "too many requests wait for limit '" + limit.name() + "'"));
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        fields.write(exchange, head.headers(), this);
    }
}
