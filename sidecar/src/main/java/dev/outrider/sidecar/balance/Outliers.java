package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.time.Ticker;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sets a member aside that fails several times in a row, longer each time; it comes back of itself
 * when its time is over. Shared by all loops. The share that may be set aside holds against races:
 * an ejection that finds too many is taken back.
 */
public final class Outliers {
    private final OutlierConfig config;
    private final Ticker ticker;
    private final LongAdder ejected = new LongAdder();

    public Outliers(OutlierConfig config, Ticker ticker) {
        this.config = config;
        this.ticker = ticker;
    }

    public void succeeded(Member member) {
        if (member.failuresInARow.get() != 0) {
            member.failuresInARow.set(0);
        }
        int times = member.ejections();
        if (times > 0) {
            long good = ticker.nanos() - member.ejectedUntilNanos();
            if (good > config.ejectionNanos(times)) {
                member.readmit(0);
            }
        }
    }

    /** True when this failure set the member aside. */
    public boolean failed(Members members, Member member) {
        int inARow = member.failuresInARow.incrementAndGet();
        if (!config.enabled() || inARow < config.consecutiveFailures()) {
            return false;
        }
        long now = ticker.nanos();
        double most = config.maxEjected() * members.all().size();
        if (member.ejected(now) || ejectedNow(members, now) + 1 > most) {
            return false;
        }
        int times = member.ejections() + 1;
        member.eject(now + config.ejectionNanos(times), times);
        if (ejectedNow(members, now) > most) {
            member.readmit(times - 1);
            return false;
        }
        member.failuresInARow.set(0);
        ejected.increment();
        return true;
    }

    /** Ejections so far. */
    public long ejected() {
        return ejected.sum();
    }

    private static int ejectedNow(Members members, long now) {
        int count = 0;
        for (int i = 0; i < members.all().size(); i++) {
            count += members.all().get(i).ejected(now) ? 1 : 0;
        }
        return count;
    }
}
