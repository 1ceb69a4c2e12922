package dev.outrider.sidecar.balance;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** At random, in proportion to the weights. */
record WeightedRandom() implements Picker {
    @Override
    public @Nullable Member pick(
            Members members,
            @Nullable Member avoid,
            long hash,
            RandomGenerator random,
            long nowNanos) {
        Members.Usable usable = members.usable(nowNanos);
        int rest = 0;
        for (Member member : usable.members()) {
            rest += member == avoid ? 0 : member.weight();
        }
        if (rest == 0) {
            return usable.members().length == 0 ? null : avoid;
        }
        int ticket = random.nextInt(rest);
        Member last = null;
        for (Member member : usable.members()) {
            if (member != avoid) {
                last = member;
                ticket -= member.weight();
                if (ticket < 0) {
                    return member;
                }
            }
        }
        // A weight that shrank since it was added up.
        return last;
    }
}
