package dev.outrider.sidecar.discover;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The endpoints that a source has told last, and those who hear of changes. A subscriber hears
 * first what is known already. But for {@link #current} and {@link #subscribe} all is called in
 * turns, by tasks of one executor that runs one at a time.
 */
final class Announcements {
    private final Executor turns;
    private volatile EndpointSet current = EndpointSet.NONE;

    // In turns only.
    private final List<Consumer<EndpointSet>> subscribers = new ArrayList<>();
    private boolean closed;

    Announcements(Executor turns) {
        this.turns = turns;
    }

    /** On any thread. */
    EndpointSet current() {
        return current;
    }

    /** On any thread; told in turns. */
    void subscribe(Consumer<EndpointSet> subscriber) {
        turns.execute(() -> {
            if (closed) {
                return;
            }
            subscribers.add(subscriber);
            if (current.version() > 0) {
                subscriber.accept(current);
            }
        });
    }

    /** Tells the first endpoints, and each change. */
    void publish(List<Endpoint> endpoints, String why) {
        EndpointSet set = new EndpointSet(current.version() + 1, endpoints, why);
        if (current.version() > 0
                && current.endpoints().equals(set.endpoints())
                && current.why().equals(why)) {
            return;
        }
        current = set;
        subscribers.forEach(each -> each.accept(set));
    }

    boolean closed() {
        return closed;
    }

    /** Nobody hears anything from now on. */
    void close() {
        closed = true;
        subscribers.clear();
    }
}
