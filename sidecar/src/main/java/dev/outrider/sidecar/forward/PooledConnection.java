package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.tls.Identity;
import org.jspecify.annotations.Nullable;

/** One open connection to a member. On its pool's loop. */
final class PooledConnection implements ClientConnection.Owner {
    /** Where its pool has it. */
    enum Place {
        /** With those who use it, and full. */
        LENT,
        /** In use, and able to take a further stream. */
        SHARED,
        /** Free. */
        IDLE
    }

    private final ConnectionPool pool;
    private final @Nullable Identity identity;
    private final long retireNanos;
    private final boolean http2;
    private ClientConnection http;
    private Place place = Place.LENT;
    private long idleSince;
    private boolean used;

    /**
     * @param identity the one its handshake used; null on plain text
     * @param retireNanos when it takes no further stream
     */
    @SuppressWarnings("NullAway.Init") // the pool sets http before anybody else sees this
    PooledConnection(
            ConnectionPool pool, @Nullable Identity identity, long retireNanos, boolean http2) {
        this.pool = pool;
        this.identity = identity;
        this.retireNanos = retireNanos;
        this.http2 = http2;
    }

    void speaks(ClientConnection http) {
        this.http = http;
    }

    ClientStream open(ClientStream.Listener listener) {
        used = true;
        ClientStream stream = http.open(listener);
        pool.lent(this);
        return stream;
    }

    int capacity() {
        return http.capacity();
    }

    /** False once either side has closed it, or said that it will. */
    boolean usable() {
        return http.usable();
    }

    boolean http2() {
        return http2;
    }

    /** Whether an exchange has run on it: then the peer may have closed it unseen. */
    boolean used() {
        return used;
    }

    boolean reusable(long now, long idleLimitNanos) {
        return http.capacity() > 0 && now - idleSince < idleLimitNanos;
    }

    long retireNanos() {
        return retireNanos;
    }

    long idleSince() {
        return idleSince;
    }

    void idleSince(long nanos) {
        idleSince = nanos;
    }

    Place place() {
        return place;
    }

    void place(Place place) {
        this.place = place;
    }

    @Nullable Identity identity() {
        return identity;
    }

    void close() {
        http.close();
    }

    @Override
    public void released(ClientConnection connection) {
        pool.release(this, connection);
    }

    @Override
    public void closed(ClientConnection connection) {
        pool.closed(this);
    }
}
