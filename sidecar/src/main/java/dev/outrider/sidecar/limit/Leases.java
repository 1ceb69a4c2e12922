package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.redis.Redis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes units of leased quotas from Redis, for one key once at a time: never more are asked for
 * than fill the lease up to its batch, so that an instance never holds more than that. While Redis
 * does not answer a local count stands in for it, which is kept up with what Redis granted. Any
 * thread.
 */
final class Leases {
    private final Redis redis;
    private final LimitState state;
    private final ConcurrentMap<KeyId, CompletableFuture<Boolean>> underWay =
            new ConcurrentHashMap<>();

    Leases(Redis redis, LimitState state) {
        this.redis = redis;
        this.state = state;
    }

    /** Fills all leases that lack units; then false if one stays unknown and must fail closed. */
    CompletableFuture<Boolean> fill(Inquiry inquiry) {
        List<CompletableFuture<Boolean>> fills = new ArrayList<>(2);
        for (int i = 0; i < inquiry.here.size(); i++) {
            if (inquiry.here.wait(i) == Lease.ASK) {
                fills.add(fill(inquiry, i));
            }
        }
        CompletableFuture<Boolean> all = fills.getFirst();
        for (int i = 1; i < fills.size(); i++) {
            all = all.thenCombine(fills.get(i), (a, b) -> a && b);
        }
        return all;
    }

    /** Fills the leases that run low, while requests still go through. */
    void refresh(Inquiry inquiry) {
        Ask ask = inquiry.here;
        for (int i = 0; i < ask.size(); i++) {
            if (low(ask, i)) {
                var _ = fill(inquiry, i);
            }
        }
    }

    /** Whether any lease runs low. */
    boolean low(Ask ask) {
        for (int i = 0; i < ask.size(); i++) {
            if (low(ask, i)) {
                return true;
            }
        }
        return false;
    }

    private boolean low(Ask ask, int i) {
        return ask.rule(i) instanceof Lease lease
                && lease.low(ask.cell(i), ask.now())
                && !underWay.containsKey(new KeyId(ask.high(i), ask.low(i)));
    }

    private CompletableFuture<Boolean> fill(Inquiry inquiry, int i) {
        Ask ask = inquiry.here;
        Quota quota = ask.quota(i);
        Lease lease = (Lease) ask.rule(i);
        KeyId key = new KeyId(ask.high(i), ask.low(i));
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> other = underWay.putIfAbsent(key, mine);
        if (other != null) {
            return other;
        }
        Fill fill =
                new Fill(
                        quota,
                        lease,
                        key,
                        ask.cost(i),
                        Math.max(ask.cost(i), lease.batch() - ask.cell(i).b),
                        state.micros());
        List<String> args = new ArrayList<>(7);
        Scripts.arguments(args, lease.rule(), fill.cost, fill.wanted);
        redis.run(Scripts.LEASE, List.of(inquiry.hereKey(i)), args)
                .whenComplete((reply, error) -> finish(fill, reply, error, mine));
        return mine;
    }

    private record Fill(Quota quota, Lease lease, KeyId key, int cost, long wanted, long askedAt) {}

    private void finish(
            Fill fill,
            @Nullable List<Long> reply,
            @Nullable Throwable error,
            CompletableFuture<Boolean> done) {
        boolean known = false;
        try {
            known =
                    error == null && reply != null && reply.size() == 5
                            ? granted(fill, reply)
                            : alone(fill);
        } finally {
            underWay.remove(fill.key, done);
            done.complete(known);
        }
    }

    private boolean granted(Fill fill, List<Long> reply) {
        long units = reply.get(1);
        long wait = reply.get(2);
        // Counted from before the call, so that it ends here before it ends there.
        long until = fill.askedAt + fill.lease.goodFor(reply.get(4));
        give(fill, units, reply.get(3), until, wait);
        if (units > 0) {
            fill.quota.limit().meter().leased.add(units);
            Ask guard = guard(fill, units);
            guard.answered(0, 0, 0, 0);
            state.store().warm(guard, state.micros());
        }
        return true;
    }

    private void give(Fill fill, long units, long left, long until, long wait) {
        long now = state.micros();
        long refusedUntil = wait > 0 ? now + wait : 0;
        state.store().grant(fill.lease, fill.key, units, left, until, refusedUntil, now);
    }

    private Ask guard(Fill fill, long cost) {
        KeyId key = fill.quota.guardOf(fill.key);
        Ask ask = new Ask(1);
        ask.add(fill.lease.rule(), key.high(), key.low(), (int) cost, false);
        return ask;
    }

    /** Redis does not answer: the guard grants in its place, or nobody does. */
    private boolean alone(Fill fill) {
        if (fill.quota.limit().config().failsClosed()) {
            fill.quota.limit().meter().refusedBlind.increment();
            return false;
        }
        fill.quota.limit().meter().decidedAlone.increment();
        long now = state.micros();
        Ask ask = guard(fill, fill.cost);
        state.store().peek(ask, now);
        long units = Math.max(fill.cost, Math.min(fill.wanted, ask.remaining(0)));
        ask = guard(fill, units);
        state.store().decide(ask, now);
        boolean granted = ask.answer() == Ask.Answer.ALLOWED;
        give(
                fill,
                granted ? units : 0,
                ask.remaining(0),
                now + fill.lease.goodFor(ask.reset(0)),
                granted ? 0 : ask.wait(0));
        return true;
    }
}
