package dev.outrider.sidecar.balance;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** In turn, over all loops together. */
record RoundRobin(AtomicInteger next) implements Picker {
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
        int index = Math.floorMod(next.getAndIncrement(), usable.length);
        return usable[index] == avoid ? usable[(index + 1) % usable.length] : usable[index];
    }
}
