package dev.outrider.sidecar.balance;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The same member for the same key. With a load bound, a key whose member is busier than the mean
 * by more than the bound goes on to the next on the ring (consistent hashing with bounded loads,
 * Mirrokni, Thorup and Zadimoghaddam, 2016).
 */
record RingHash(double loadBound) implements Picker {
    @Override
    public @Nullable Member pick(
            Members members,
            @Nullable Member avoid,
            long hash,
            RandomGenerator random,
            long nowNanos) {
        HashRing ring = members.ring();
        Members.Usable usable = members.usable(nowNanos);
        if (ring == null || usable.members().length == 0) {
            return null;
        }
        double most = loadBound == 0 ? Double.POSITIVE_INFINITY : bound(usable.members());
        int start = ring.indexOf(hash);
        Member busy = null;
        for (int i = 0; i < ring.size(); i++) {
            Member owner = ring.owner(start + i);
            if (owner != avoid && usable.takes(owner, nowNanos)) {
                if (owner.inFlight() < most) {
                    return owner;
                }
                busy = busy == null ? owner : busy;
            }
        }
        return busy != null ? busy : avoid;
    }

    /** Open calls a member may have so that one more keeps it within the bound. */
    private double bound(Member[] usable) {
        long open = 1;
        for (Member member : usable) {
            open += member.inFlight();
        }
        return Math.ceil((1 + loadBound) * open / usable.length);
    }
}
