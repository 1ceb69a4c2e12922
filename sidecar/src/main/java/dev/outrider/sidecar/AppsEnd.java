package dev.outrider.sidecar;

import dev.outrider.sidecar.time.Background;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the apps of a pod to come and to go again, for one that cannot end while its proxy
 * runs. On a thread of its own, see {@link Background}.
 */
final class AppsEnd implements Background.Task {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

    /** Often while an app may come and go in no time. */
    private static final Duration LOOK_FOR_FIRST = Duration.ofMillis(50);

    private static final Duration LOOK_FOR_LAST = Duration.ofMillis(500);

    /** A container that failed may be started again at once. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

    static final Duration NEVER = Duration.ofDays(365);

    private final Containers apps;
    private final IntSupplier told;
    private final int wanted;
    private final Ticker ticker;
    private final Runnable ended;
    private final Set<String> seen = new HashSet<>();
    private int known;
    private long lastSeenNanos;
    private boolean blind;

    /** Those with a process at the moment. */
    @FunctionalInterface
    interface Containers {
        Set<String> now() throws IOException;
    }

    /**
     * @param told of how many containers the kubelet has told that they were started; one that ends
     *     at once may be gone before anybody looks
     * @param wanted how many containers must have been there
     * @param ended called once
     */
    AppsEnd(Containers apps, IntSupplier told, int wanted, Ticker ticker, Runnable ended) {
        this.apps = apps;
        this.told = told;
        this.wanted = wanted;
        this.ticker = ticker;
        this.ended = ended;
    }

    @Override
    public Duration run() {
        long now = ticker.nanos();
        try {
            Set<String> there = apps.now();
            blind = false;
            if (!there.isEmpty()) {
                seen.addAll(there);
                lastSeenNanos = now;
            }
        } catch (IOException e) {
            if (!blind) {
                LOG.warn("the processes of this pod cannot be seen: {}", e.toString());
            }
            blind = true;
            lastSeenNanos = now;
            return LOOK_FOR_LAST;
        }
        // Which of those that were seen are those that were told of, nobody knows.
        int been = Math.max(seen.size(), told.getAsInt());
        if (been > known) {
            known = been;
            lastSeenNanos = now;
        }
        if (been < wanted) {
            return LOOK_FOR_FIRST;
        }
        if (now - lastSeenNanos < SETTLE.toNanos()) {
            return LOOK_FOR_LAST;
        }
        LOG.info("all processes of the apps have ended, of {} containers", been);
        ended.run();
        return NEVER;
    }
}
