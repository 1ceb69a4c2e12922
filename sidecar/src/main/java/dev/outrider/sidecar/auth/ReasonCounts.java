package dev.outrider.sidecar.auth;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often something was refused, for each reason there is. Any thread. */
public final class ReasonCounts<R extends Enum<R>> {
    private final Class<R> type;
    private final R[] reasons;
    private final LongAdder[] counts;

    public ReasonCounts(Class<R> type) {
        this.type = type;
        this.reasons = type.getEnumConstants();
        this.counts = new LongAdder[reasons.length];
        Arrays.setAll(counts, ordinal -> new LongAdder());
    }

    public void add(R reason) {
        counts[reason.ordinal()].increment();
    }

    public Map<R, Long> sums() {
        Map<R, Long> sums = new EnumMap<>(type);
        for (R reason : reasons) {
            sums.put(reason, counts[reason.ordinal()].sum());
        }
        return sums;
    }
}
