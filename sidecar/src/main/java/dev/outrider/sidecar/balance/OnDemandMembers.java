package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.time.Ticker;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The members of a destination that is wherever its callers were going: made when they are first
 * asked for, forgotten when nobody has asked for long or there are too many. Any thread, without
 * locks. A member forgotten in the moment it is asked for still works; it is only made anew the
 * next time.
 */
public final class OnDemandMembers {
    /** Room made at once when there are too many, so that not every new one has to look. */
    private static final int ROOM_SHARE = 8;

    private final int most;
    private final long idleNanos;
    private final Ticker ticker;
    private final AtomicInteger changes = new AtomicInteger();
    private final Map<InetSocketAddress, Kept> byAddress = new ConcurrentHashMap<>();
    private final Set<Member> kept = ConcurrentHashMap.newKeySet();
    private final AtomicLong sweptNanos;

    private record Kept(InetSocketAddress address, Member member, AtomicLong usedNanos) {}

    public OnDemandMembers(int most, long idleNanos, Ticker ticker) {
        this.most = most;
        this.idleNanos = idleNanos;
        this.ticker = ticker;
        this.sweptNanos = new AtomicLong(ticker.nanos());
    }

    /** The member at an address that is resolved; null if it is unknown. */
    public @Nullable Member known(InetSocketAddress address) {
        Kept found = byAddress.get(address);
        if (found == null) {
            return null;
        }
        found.usedNanos.setPlain(ticker.nanos());
        return found.member;
    }

    /** A new member; call {@link #makeRoom} before. Another thread's may win, then it is that. */
    public Member add(InetSocketAddress address) {
        long now = ticker.nanos();
        Endpoint endpoint = new Endpoint(address.getAddress().getHostAddress(), address.getPort());
        Kept made = new Kept(address, new Member(endpoint, changes, now), new AtomicLong(now));
        Kept other = byAddress.putIfAbsent(address, made);
        if (other != null) {
            return other.member;
        }
        kept.add(made.member);
        return made.member;
    }

    /**
     * Forgets who has long been idle and, if there are too many, those idle longest.
     *
     * @param forgotten who is no longer a member
     * @param room whether another may be added; without, all are in use
     */
    public record Sweep(List<Member> forgotten, boolean room) {}

    /** Looks at all only when it is due or there are too many. */
    public Sweep makeRoom() {
        long now = ticker.nanos();
        long swept = sweptNanos.get();
        boolean full = byAddress.size() >= most;
        boolean due = now - swept >= idleNanos / 2 && sweptNanos.compareAndSet(swept, now);
        if (!full && !due) {
            return new Sweep(List.of(), true);
        }
        List<Kept> idle =
                byAddress.values().stream()
                        .filter(each -> each.member.inFlight() == 0)
                        .sorted(Comparator.comparingLong(each -> each.usedNanos.get() - now))
                        .toList();
        int tooMany = full ? byAddress.size() - most + Math.max(1, most / ROOM_SHARE) : 0;
        List<Member> forgotten =
                IntStream.range(0, idle.size())
                        .filter(i -> i < tooMany || now - idle.get(i).usedNanos.get() >= idleNanos)
                        .mapToObj(idle::get)
                        .map(this::forget)
                        .toList();
        return new Sweep(forgotten, byAddress.size() < most);
    }

    private Member forget(Kept each) {
        byAddress.remove(each.address, each);
        kept.remove(each.member);
        return each.member;
    }

    public boolean has(Member member) {
        return kept.contains(member);
    }

    /** Those of all members. */
    public Set<String> addresses() {
        return kept.stream().map(Member::address).collect(Collectors.toUnmodifiableSet());
    }
}
