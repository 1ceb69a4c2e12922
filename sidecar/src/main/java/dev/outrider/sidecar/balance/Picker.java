package dev.outrider.sidecar.balance;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Picks the member for a request. Shared by all loops; allocates nothing. */
public interface Picker {
    /**
     * Unhealthy and ejected members are left out, unless so many are that all are used.
     *
     * @param avoid the member that was tried before; taken only if there is no other
     * @param hash the request's {@link HashKey}, for the ring hash
     * @return null if there is nobody to pick
     */
    @Nullable Member pick(
            Members members,
            @Nullable Member avoid,
            long hash,
            RandomGenerator random,
            long nowNanos);

    static Picker of(BalanceConfig config) {
        return switch (config.algorithm()) {
            case PEAK_EWMA -> new TwoChoices();
            case LEAST_REQUESTS -> new LeastRequests();
            case ROUND_ROBIN -> new RoundRobin(new AtomicInteger());
            case WEIGHTED -> new WeightedRandom();
            case RING_HASH -> new RingHash(config.loadBound());
        };
    }
}
