package dev.outrider.sidecar.balance;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The less loaded of two drawn at random: nearly as even as asking all, at the price of two, and
 * callers that know the same do not all run to the same one.
 */
record TwoChoices() implements Picker {
    @Override
    public @Nullable Member pick(
            Members members,
            @Nullable Member avoid,
            long hash,
            RandomGenerator random,
            long nowNanos) {
        Member[] usable = members.usable(nowNanos).members();
        int count = usable.length;
        if (count < 2) {
            return count == 0 ? null : usable[0];
        }
        int first = random.nextInt(count);
        int second = random.nextInt(count - 1);
        Member a = usable[first];
        Member b = usable[second < first ? second : second + 1];
        if (a == avoid) {
            return b;
        }
        return b == avoid || a.load(nowNanos) <= b.load(nowNanos) ? a : b;
    }
}
