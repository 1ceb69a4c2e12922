package dev.outrider.sidecar.limit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * What each algorithm promises, said as plainly as can be and without any care for time or memory:
 * all that was admitted is remembered, and every request is judged by all of it.
 */
final class Reference {
    record Admitted(long time, long cost) {}

    private final Rule rule;
    private final List<Admitted> admitted = new ArrayList<>();

    Reference(Rule rule) {
        this.rule = rule;
    }

    void admit(long time, long cost) {
        admitted.add(new Admitted(time, cost));
    }

    /** Whether the definition lets it through. */
    boolean fits(long now, long cost) {
        return fits(now, cost, 0);
    }

    /**
     * The same for one that is {@code slack} microseconds behind in forgetting; only the sliding
     * counter is, since it forgets in steps.
     */
    boolean fits(long now, long cost, long slack) {
        long window = rule.windowMicros();
        return switch (rule) {
            case FixedWindow it -> sum(now - now % window, now) + cost <= it.limit();
            case SlidingLog it -> sum(now - window + 1, now) + cost <= it.limit();
            case SlidingCounter it -> counterFits(it, now, cost, slack);
            case Bucket it -> bucketFits(it, now, cost);
            case Lease _, Denial _ -> throw new AssertionError("no algorithm: " + rule);
        };
    }

    private boolean counterFits(SlidingCounter it, long now, long cost, long slack) {
        long window = it.windowMicros();
        long begin = now - now % window;
        BigInteger last = BigInteger.valueOf(sum(begin - window, begin - 1));
        BigInteger inSight = BigInteger.valueOf(Math.min(window, begin + window - now + slack));
        BigInteger present = BigInteger.valueOf(sum(begin, now) + cost);
        BigInteger width = BigInteger.valueOf(window);
        return last.multiply(inSight)
                        .add(present.multiply(width))
                        .compareTo(BigInteger.valueOf(it.limit()).multiply(width))
                <= 0;
    }

    /** No stretch of time that ends now holds more than a full bucket and what drained in it. */
    private boolean bucketFits(Bucket it, long now, long cost) {
        BigInteger used = BigInteger.ZERO;
        BigInteger unit = BigInteger.valueOf(it.unit());
        for (int i = admitted.size(); i >= 0; i--) {
            long from = i == admitted.size() ? now : admitted.get(i).time;
            long units = i == admitted.size() ? cost : admitted.get(i).cost;
            used = used.add(BigInteger.valueOf(units).multiply(unit));
            BigInteger allowed =
                    BigInteger.valueOf(it.limit())
                            .multiply(unit)
                            .add(
                                    BigInteger.valueOf(now - from)
                                            .multiply(BigInteger.valueOf(it.gain())));
            if (used.compareTo(allowed) > 0) {
                return false;
            }
        }
        return true;
    }

    private long sum(long from, long to) {
        long sum = 0;
        for (Admitted each : admitted) {
            sum += each.time >= from && each.time <= to ? each.cost : 0;
        }
        return sum;
    }

    /** The most that any window of that length holds. */
    long mostInAnyWindow(long window) {
        long most = 0;
        for (Admitted each : admitted) {
            most = Math.max(most, sum(each.time - window + 1, each.time));
        }
        return most;
    }
}
