package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.redis.Redis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request's decision where Redis has a say. First what is held here is charged, then Redis
 * decides all its quotas in one step; if it refuses, what was charged here is given back. So no
 * quota ever counts a request that was refused, and Redis is not asked for what is refused anyway.
 */
final class RemoteDecision {
    /** What came of it. */
    enum Outcome {
        ALLOWED,
        REFUSED,
        /** Redis does not answer, and a limit that fails closed needs it. */
        UNKNOWN
    }

    /** A lease gives a batch, so after this many there is a crowd that a batch does not feed. */
    private static final int MOST_ROUNDS = 16;

    private final LimitState state;
    private final Redis redis;
    private final Leases leases;
    private final Inquiry inquiry;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private long askedAt;

    RemoteDecision(LimitState state, Redis redis, Leases leases, Inquiry inquiry) {
        this.state = state;
        this.redis = redis;
        this.leases = leases;
        this.inquiry = inquiry;
    }

    CompletableFuture<Outcome> start() {
        guarded(() -> here(0));
        return outcome;
    }

    /** An exception in a stage that nobody looks at would leave the request hanging. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            outcome.completeExceptionally(e);
        }
    }

    private void here(int round) {
        switch (state.store().decide(inquiry.here, state.micros())) {
            case REFUSED -> outcome.complete(Outcome.REFUSED);
            case ALLOWED -> there();
            case LACKING -> {
                if (round == MOST_ROUNDS) {
                    outcome.complete(Outcome.REFUSED);
                    return;
                }
                leases.fill(inquiry)
                        .whenComplete((known, error) -> guarded(() -> filled(known, error, round)));
            }
        }
    }

    private void filled(@Nullable Boolean known, @Nullable Throwable error, int round) {
        if (error != null || !Boolean.TRUE.equals(known)) {
            outcome.complete(Outcome.UNKNOWN);
        } else {
            here(round + 1);
        }
    }

    private void there() {
        Ask ask = inquiry.there;
        if (ask.size() == 0) {
            outcome.complete(Outcome.ALLOWED);
            return;
        }
        List<String> args = new ArrayList<>(7 * ask.size());
        for (int i = 0; i < ask.size(); i++) {
            Scripts.arguments(args, ask.rule(i), ask.cost(i), ask.dry(i) ? 1 : 0);
        }
        askedAt = state.micros();
        redis.run(Scripts.DECIDE, List.copyOf(inquiry.thereKeys()), args)
                .whenComplete((reply, error) -> guarded(() -> answered(reply, error)));
    }

    private void answered(@Nullable List<Long> reply, @Nullable Throwable error) {
        Ask ask = inquiry.there;
        if (error != null || reply == null || reply.size() != 1 + 3 * ask.size()) {
            alone();
            return;
        }
        boolean refused = false;
        for (int i = 0; i < ask.size(); i++) {
            ask.answered(i, reply.get(3 * i + 1), reply.get(3 * i + 2), reply.get(3 * i + 3));
            if (ask.refuses(i)) {
                refused = true;
                deny(ask, i);
            }
        }
        ask.answered(refused ? Ask.Answer.REFUSED : Ask.Answer.ALLOWED, state.micros());
        if (!refused) {
            state.store().warm(ask, state.micros());
        }
        end(!refused);
    }

    private void deny(Ask ask, int i) {
        Denial denial = ask.quota(i).denial();
        KeyId key = denial.keyOf(new KeyId(ask.high(i), ask.low(i)));
        // Counted from before the call, so that it ends here before it ends there.
        state.store().deny(denial, key, ask.wait(i), ask.cost(i), ask.remaining(i), askedAt);
    }

    private void end(boolean allowed) {
        if (!allowed) {
            state.store().refund(inquiry.here, state.micros());
        }
        outcome.complete(allowed ? Outcome.ALLOWED : Outcome.REFUSED);
    }

    /** Redis does not answer: the guard, which has seen what was admitted here, decides. */
    private void alone() {
        Ask ask = inquiry.there;
        boolean closed = false;
        for (int i = 0; i < ask.size(); i++) {
            closed |= ask.quota(i).limit().config().failsClosed();
        }
        for (int i = 0; i < ask.size(); i++) {
            Limit limit = ask.quota(i).limit();
            if (i == 0 || !ask.quota(i - 1).limit().equals(limit)) {
                (closed ? limit.meter().refusedBlind : limit.meter().decidedAlone).increment();
            }
        }
        if (closed) {
            state.store().refund(inquiry.here, state.micros());
            outcome.complete(Outcome.UNKNOWN);
        } else {
            end(state.store().decide(ask, state.micros()) == Ask.Answer.ALLOWED);
        }
    }
}
