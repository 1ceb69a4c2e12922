package dev.outrider.sidecar.balance;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The fewest open calls per weight; equals are taken from a random start, so all get some. */
record LeastRequests() implements Picker {
    @Override
    public @Nullable Member pick(
            Members members,
            @Nullable Member avoid,
            long hash,
            RandomGenerator random,
            long nowNanos) {
        Member[] usable = members.usable(nowNanos).members();
        if (usable.length == 0) {
            return null;
        }
        int start = random.nextInt(usable.length);
        Member best = null;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < usable.length; i++) {
            Member member = usable[(start + i) % usable.length];
            double load = (member.inFlight() + 1.0) / member.weight();
            if (member != avoid && load < least) {
                best = member;
                least = load;
            }
        }
        return best != null ? best : avoid;
    }
}
