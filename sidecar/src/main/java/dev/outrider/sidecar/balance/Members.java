package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.time.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The members of a destination, an immutable snapshot; what is known of each is shared with the
 * snapshots before and after. Publish it by a volatile field; {@link #update} has one caller at a
 * time, all else any thread.
 */
public final class Members {
    private final BalanceConfig config;
    private final Ticker ticker;
    private final AtomicInteger changes;
    private final long version;
    private final List<Member> all;
    private final @Nullable HashRing ring;

    /** Who may be picked; made anew when a member changed or an ejection has ended. */
    private volatile @Nullable Usable usable;

    /**
     * @param panic whether so many are bad that all are used
     * @param untilNanos when the first ejection ends
     */
    record Usable(
            Member[] members,
            int weight,
            boolean panic,
            int changes,
            boolean ends,
            long untilNanos) {
        boolean current(int changesNow, long nowNanos) {
            return changes == changesNow && (!ends || untilNanos - nowNanos > 0);
        }
    }

    private Members(
            BalanceConfig config,
            Ticker ticker,
            AtomicInteger changes,
            long version,
            List<Member> all) {
        this.config = config;
        this.ticker = ticker;
        this.changes = changes;
        this.version = version;
        this.all = List.copyOf(all);
        this.ring =
                config.algorithm() == BalanceConfig.Algorithm.RING_HASH
                        ? HashRing.of(this.all, config.pointsPerMember())
                        : null;
    }

    /** No members yet. */
    public static Members none(BalanceConfig config, Ticker ticker) {
        return new Members(config, ticker, new AtomicInteger(), 0, List.of());
    }

    /** The members for that set: those whose address was there before are kept as they are. */
    public Members update(EndpointSet set) {
        Map<String, Member> known = new HashMap<>();
        all.forEach(member -> known.put(member.address(), member));
        List<Member> next = new ArrayList<>(set.endpoints().size());
        for (Endpoint endpoint : set.endpoints()) {
            Member member = known.get(endpoint.address());
            if (member == null) {
                member = new Member(endpoint, changes, ticker.nanos());
            } else {
                member.endpoint(endpoint);
            }
            next.add(member);
        }
        return new Members(config, ticker, changes, set.version(), next);
    }

    /**
     * The same members under another configuration. They count as not told by any source yet, so
     * that the next set is taken whatever its version.
     */
    public Members under(BalanceConfig changed) {
        return new Members(changed, ticker, changes, 0, all);
    }

    public List<Member> all() {
        return all;
    }

    public long version() {
        return version;
    }

    /** Whether so many members are bad that all are used, for the metrics. */
    public boolean panicking(long nowNanos) {
        return usable(nowNanos).panic;
    }

    @Nullable HashRing ring() {
        return ring;
    }

    Usable usable(long nowNanos) {
        Usable seen = usable;
        // Read before the members are: a change that comes in between makes it anew once more.
        int changesNow = changes.get();
        if (seen != null && seen.current(changesNow, nowNanos)) {
            return seen;
        }
        Usable fresh = sift(changesNow, nowNanos);
        usable = fresh;
        return fresh;
    }

    private Usable sift(int changesNow, long nowNanos) {
        List<Member> good = new ArrayList<>(all.size());
        boolean ends = false;
        long until = 0;
        for (Member member : all) {
            // Read before it is judged: an ejection that ends meanwhile ends this snapshot too.
            long ejectedUntil = member.ejectedUntilNanos();
            if (member.ejected(nowNanos) && (!ends || ejectedUntil - until < 0)) {
                ends = true;
                until = ejectedUntil;
            }
            if (member.usable(nowNanos)) {
                good.add(member);
            }
        }
        boolean panic = panic(all.size() - good.size());
        List<Member> picked = panic ? all : good;
        int weight = 0;
        for (Member member : picked) {
            weight += member.weight();
        }
        return new Usable(picked.toArray(new Member[0]), weight, panic, changesNow, ends, until);
    }

    /** One bad member among good ones is no reason to panic, however few they are. */
    private boolean panic(int bad) {
        return bad > config.panicShare() * all.size() && (bad > 1 || all.size() == 1);
    }
}
