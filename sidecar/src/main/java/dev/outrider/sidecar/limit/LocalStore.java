package dev.outrider.sidecar.limit;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What each key has used, in this process. Any thread. Decides all quotas of a request as one step,
 * under the stripes of all their keys, which are taken in ascending order. A decision makes no
 * garbage; a new key does, until the store has its full size.
 */
final class LocalStore {
    private static final int STRIPES = 16;

    /** Keys do not fall on stripes evenly; with this much room none is full long before all are. */
    private static final double SLACK = 1.25;

    private static final int LEAST_KEYS = 64;

    /** Time stamps of sliding logs, per key that may be remembered. */
    private static final int STAMPS_PER_KEY = 16;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final Hash128 hash;

    /**
     * @param mostKeys about how many quotas of keys are remembered; at most a quarter more
     */
    LocalStore(int mostKeys, RandomGenerator random) {
        int most = (int) (Math.max(LEAST_KEYS, mostKeys) * SLACK / STRIPES);
        Arrays.setAll(stripes, i -> new Stripe(most, (long) most * STAMPS_PER_KEY));
        hash = new Hash128(random);
    }

    Hash128 hash() {
        return hash;
    }

    private static int stripe(long low) {
        return (int) (low >>> 60);
    }

    private int lock(Ask ask) {
        int mask = 0;
        for (int i = 0; i < ask.size(); i++) {
            mask |= 1 << stripe(ask.low(i));
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            stripes[Integer.numberOfTrailingZeros(rest)].lock();
        }
        return mask;
    }

    private void unlock(int mask) {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            stripes[Integer.numberOfTrailingZeros(rest)].unlock();
        }
    }

    /** Admits and charges all quotas, or charges none. The keys must differ. */
    Ask.Answer decide(Ask ask, long now) {
        int mask = lock(ask);
        try {
            Ask.Answer answer = look(ask, now);
            ask.answered(answer, now);
            for (int i = 0; i < ask.size(); i++) {
                settle(ask, i, now, answer == Ask.Answer.ALLOWED);
            }
            return answer;
        } finally {
            unlock(mask);
        }
    }

    private Ask.Answer look(Ask ask, long now) {
        boolean refused = false;
        boolean lacking = false;
        for (int i = 0; i < ask.size(); i++) {
            Cell cell = ask.cell(i);
            stripes[stripe(ask.low(i))].load(ask.high(i), ask.low(i), cell);
            ask.rule(i).roll(cell, now);
            long wait = ask.rule(i).wait(cell, now, ask.cost(i));
            ask.answered(i, wait, 0, 0);
            refused |= ask.refuses(i);
            lacking |= wait == Lease.ASK;
        }
        return refused ? Ask.Answer.REFUSED : lacking ? Ask.Answer.LACKING : Ask.Answer.ALLOWED;
    }

    private void settle(Ask ask, int i, long now, boolean charge) {
        Cell cell = ask.cell(i);
        Rule rule = ask.rule(i);
        long wait = ask.wait(i);
        if (charge && wait == 0 && rule.counts()) {
            rule.charge(cell, now, ask.cost(i));
            save(ask, i, now);
        }
        ask.answered(i, wait, rule.remaining(cell, now), rule.reset(cell, now));
    }

    private void save(Ask ask, int i, long now) {
        Cell cell = ask.cell(i);
        Rule rule = ask.rule(i);
        boolean atLimit = rule.remaining(cell, now) < ask.cost(i);
        stripes[stripe(ask.low(i))].save(
                ask.high(i), ask.low(i), cell, now, now + rule.reset(cell, now), atLimit);
    }

    /** Takes back what {@link #decide} charged. */
    void refund(Ask ask, long now) {
        if (ask.answer() != Ask.Answer.ALLOWED) {
            return;
        }
        int mask = lock(ask);
        try {
            for (int i = 0; i < ask.size(); i++) {
                if (ask.wait(i) == 0 && ask.rule(i).counts()) {
                    load(ask, i, now);
                    ask.rule(i).refund(ask.cell(i), ask.now(), ask.cost(i));
                    save(ask, i, now);
                }
            }
        } finally {
            unlock(mask);
        }
    }

    private void load(Ask ask, int i, long now) {
        stripes[stripe(ask.low(i))].load(ask.high(i), ask.low(i), ask.cell(i));
        ask.rule(i).roll(ask.cell(i), now);
    }

    /** Looks without charging. */
    void peek(Ask ask, long now) {
        int mask = lock(ask);
        try {
            Ask.Answer answer = look(ask, now);
            ask.answered(answer, now);
            for (int i = 0; i < ask.size(); i++) {
                settle(ask, i, now, false);
            }
        } finally {
            unlock(mask);
        }
    }

    /** Charges what has been admitted elsewhere, as far as it fits; the answers stay. */
    void warm(Ask ask, long now) {
        int mask = lock(ask);
        try {
            for (int i = 0; i < ask.size(); i++) {
                if (ask.wait(i) == 0) {
                    load(ask, i, now);
                    if (ask.rule(i).wait(ask.cell(i), now, ask.cost(i)) == 0) {
                        ask.rule(i).charge(ask.cell(i), now, ask.cost(i));
                        save(ask, i, now);
                    }
                }
            }
        } finally {
            unlock(mask);
        }
    }

    /** Puts down what Redis granted to a lease; see {@link Lease}. */
    void grant(
            Lease lease,
            KeyId key,
            long units,
            long left,
            long until,
            long refusedUntil,
            long now) {
        Stripe stripe = stripes[stripe(key.low())];
        Cell cell = new Cell();
        stripe.lock();
        try {
            stripe.load(key.high(), key.low(), cell);
            lease.roll(cell, now);
            if (units > 0) {
                lease.granted(cell, units, until);
            }
            lease.noted(cell, left, refusedUntil);
            long expires = Math.max(cell.a, cell.c);
            stripe.save(key.high(), key.low(), cell, now, expires, refusedUntil > now);
        } finally {
            stripe.unlock();
        }
    }

    /** Notes that Redis has refused a key; see {@link Denial}. */
    void deny(Denial denial, KeyId key, long wait, long cost, long remaining, long now) {
        Stripe stripe = stripes[stripe(key.low())];
        Cell cell = new Cell();
        stripe.lock();
        try {
            stripe.load(key.high(), key.low(), cell);
            Denial.note(cell, now, wait, cost, remaining);
            long expires = now + denial.reset(cell, now);
            stripe.save(key.high(), key.low(), cell, now, expires, true);
        } finally {
            stripe.unlock();
        }
    }

    void forget(long high, long low) {
        Stripe stripe = stripes[stripe(low)];
        stripe.lock();
        try {
            stripe.remove(high, low);
        } finally {
            stripe.unlock();
        }
    }

    /**
     * For metrics.
     *
     * @param keys quotas of keys in memory now, some of them as good as none
     * @param evicted forgotten for want of room
     * @param evictedAtLimit those of them that were refusing
     */
    record Counts(long keys, long evicted, long evictedAtLimit) {}

    Counts counts() {
        long keys = 0;
        long evicted = 0;
        long evictedAtLimit = 0;
        for (Stripe stripe : stripes) {
            stripe.lock();
            try {
                keys += stripe.count();
                evicted += stripe.evicted();
                evictedAtLimit += stripe.evictedAtLimit();
            } finally {
                stripe.unlock();
            }
        }
        return new Counts(keys, evicted, evictedAtLimit);
    }
}
