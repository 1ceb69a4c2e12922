package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.time.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final String why;
    private final @Nullable HashRing ring;

    /** Who may be picked; made anew when a member changed or an ejection has ended. */
    private volatile @Nullable Usable usable;

    /**
     * @param panic whether so many are bad that all are used
     * @param near whether only those nearby are among them
     * @param untilNanos when the first ejection ends
     */
    record Usable(
            Member[] members,
            int weight,
            boolean panic,
            boolean near,
            int changes,
            boolean ends,
            long untilNanos) {
        boolean current(int changesNow, long nowNanos) {
            return changes == changesNow && (!ends || untilNanos - nowNanos > 0);
        }

        /** Whether that one may be picked too. */
        boolean takes(Member member, long nowNanos) {
            return panic || member.usable(nowNanos) && (!near || member.endpoint().near());
        }
    }

    private Members(
            BalanceConfig config,
            Ticker ticker,
            AtomicInteger changes,
            long version,
            List<Member> all,
            String why) {
        this.config = config;
        this.ticker = ticker;
        this.changes = changes;
        this.version = version;
        this.all = List.copyOf(all);
        this.why = why;
        this.ring =
                config.algorithm() == BalanceConfig.Algorithm.RING_HASH
                        ? HashRing.of(this.all, config.pointsPerMember())
                        : null;
    }

    /** No members yet. */
    public static Members none(BalanceConfig config, Ticker ticker) {
        return new Members(config, ticker, new AtomicInteger(), 0, List.of(), "");
    }

    /**
     * The members for that set: those whose address was there before are kept as they are, unless
     * somebody else has it now.
     */
    public Members update(EndpointSet set) {
        Map<String, Member> known = new HashMap<>();
        all.forEach(member -> known.put(member.address(), member));
        List<Member> next = new ArrayList<>(set.endpoints().size());
        for (Endpoint endpoint : set.endpoints()) {
            Member member = known.get(endpoint.address());
            if (member == null || !Objects.equals(member.endpoint().peer(), endpoint.peer())) {
                member = new Member(endpoint, changes, ticker.nanos());
            } else {
                member.endpoint(endpoint);
            }
            next.add(member);
        }
        return new Members(config, ticker, changes, set.version(), next, set.why());
    }

    /**
     * The same members under another configuration. They count as not told by any source yet, so
     * that the next set is taken whatever its version.
     */
    public Members under(BalanceConfig changed) {
        return new Members(changed, ticker, changes, 0, all, why);
    }

    public List<Member> all() {
        return all;
    }

    /** Why there are none, as far as the source says so; else empty. */
    public String why() {
        return why;
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
        List<Member> near = near(good);
        boolean panic = near.isEmpty() && panic(all.size() - good.size(), all.size());
        List<Member> picked = panic ? all : near.isEmpty() ? good : near;
        int weight = 0;
        for (Member member : picked) {
            weight += member.weight();
        }
        return new Usable(
                picked.toArray(new Member[0]),
                weight,
                panic,
                !near.isEmpty(),
                changesNow,
                ends,
                until);
    }

    /**
     * The good ones nearby, if some are preferred to others and enough of those are good: where all
     * would be used whatever they are, better ones are to be had elsewhere.
     */
    private List<Member> near(List<Member> good) {
        long preferred = all.stream().filter(each -> each.endpoint().near()).count();
        if (preferred == 0 || preferred == all.size()) {
            return List.of();
        }
        List<Member> near = good.stream().filter(each -> each.endpoint().near()).toList();
        return panic((int) preferred - near.size(), (int) preferred) ? List.of() : near;
    }

    /** One bad member among good ones is no reason to panic, however few they are. */
    private boolean panic(int bad, int members) {
        return bad > config.panicShare() * members && (bad > 1 || members == 1);
    }
}
