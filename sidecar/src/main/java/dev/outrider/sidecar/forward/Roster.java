package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.BalanceConfig;
import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.balance.Members;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.time.Ticker;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Who a service's members are: the newest set it was told. That of a service which is not in force
 * yet only notes the set, since it shares with the one in force what only that one may change. Any
 * thread.
 */
final class Roster {
    private final AtomicReference<Members> members;

    /** The last set it was told before it came into force. */
    private final AtomicReference<EndpointSet> early = new AtomicReference<>(EndpointSet.NONE);

    private volatile boolean inForce;
    private volatile boolean closed;

    private Roster(Members members, boolean inForce) {
        this.members = new AtomicReference<>(members);
        this.inForce = inForce;
    }

    /** Nobody yet, and in force at once. */
    static Roster none(BalanceConfig config, Ticker ticker) {
        return new Roster(Members.none(config, ticker), true);
    }

    /** The members of now under another configuration, which is not in force yet. */
    Roster under(BalanceConfig changed) {
        return new Roster(members().under(changed), false);
    }

    Members members() {
        return members.get();
    }

    Set<String> addresses() {
        return members().all().stream().map(Member::address).collect(Collectors.toSet());
    }

    /** Takes a set that is not older than the one before; whether it did. */
    boolean update(EndpointSet set) {
        if (!inForce) {
            var _ = early.accumulateAndGet(set, Roster::later);
        }
        // Looked at again: who puts it in force first says so, and then takes what came early.
        return inForce && take(set);
    }

    private static EndpointSet later(EndpointSet one, EndpointSet other) {
        return other.version() < one.version() ? one : other;
    }

    private boolean take(EndpointSet set) {
        if (closed) {
            return false; // what it would change is the successor's by now
        }
        Members before;
        Members next;
        do {
            before = members.get();
            if (set.version() < before.version()) {
                return false;
            }
            next = before.update(set);
        } while (!members.compareAndSet(before, next));
        return true;
    }

    /** What came early is to be told again. */
    EndpointSet comesIntoForce() {
        inForce = true;
        return early.get();
    }

    /** Takes no set from now on. */
    void close() {
        closed = true;
    }

    boolean closed() {
        return closed;
    }
}
