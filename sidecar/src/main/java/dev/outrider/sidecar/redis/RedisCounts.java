package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What happened to the calls of all loops. */
final class RedisCounts {
    final LongAdder calls = new LongAdder();
    final LongAdder late = new LongAdder();
    private final LongAdder[] failures = new LongAdder[Reason.values().length];
    private volatile @Nullable String lastError;

    RedisCounts() {
        Arrays.setAll(failures, ordinal -> new LongAdder());
    }

    void failed(RedisUnavailable why) {
        failures[why.reason().ordinal()].increment();
        // What a breaker keeps away says nothing of Redis, and would hide what does; nor does a
        // call without a connection, whose maker tells why there is none.
        if (why.reason() != Reason.BREAKER_OPEN && why.reason() != Reason.DOWN) {
            trouble(why);
        }
    }

    void trouble(RedisUnavailable why) {
        lastError = why.getMessage();
    }

    Map<Reason, Long> failures() {
        Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
        for (Reason each : Reason.values()) {
            byReason.put(each, failures[each.ordinal()].sum());
        }
        return byReason;
    }

    @Nullable String lastError() {
        return lastError;
    }
}
