package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.resilience.Bulkhead;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A place in a service's bulkhead, or the wait for one, of a call or of a relayed connection. On
 * the loop.
 */
final class Place {
    private final Bulkhead bulkhead;
    private final EventLoop loop;
    private final Runnable granted;
    private Bulkhead.@Nullable Waiter waiter;
    private boolean entered;
    private boolean over;

    /**
     * @param granted told, in a turn of its own, when a place came free for one who had to wait
     */
    Place(Bulkhead bulkhead, EventLoop loop, Runnable granted) {
        this.bulkhead = bulkhead;
        this.loop = loop;
        this.granted = granted;
    }

    /** Once, first. */
    Bulkhead.Entry take() {
        Bulkhead.Waiter place = new Bulkhead.Waiter(() -> loop.execute(this::came));
        Bulkhead.Entry entry = bulkhead.enter(place);
        entered = entry == Bulkhead.Entry.ENTERED;
        waiter = entry == Bulkhead.Entry.QUEUED ? place : null;
        return entry;
    }

    private void came() {
        if (over) {
            bulkhead.leave();
        } else {
            entered = true;
            granted.run();
        }
    }

    /** Gives back what it has; what is granted later too. More than once is as good as once. */
    void leave() {
        if (over) {
            return;
        }
        over = true;
        if (entered) {
            bulkhead.leave();
        } else if (waiter != null) {
            // If the grant has won the race, came() leaves the place.
            bulkhead.cancel(waiter);
        }
    }
}
