package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.h1.H1ClientConnection;
import dev.outrider.sidecar.tls.Identity;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** One open connection to a member, lent to one attempt at a time. On its pool's loop. */
final class PooledConnection implements ClientConnection.Owner {
    private final ConnectionPool pool;
    private final ClientConnection http;
    private final long openedNanos;
    private final @Nullable Identity identity;
    private long idleSince;
    private boolean used;

    PooledConnection(
            ConnectionPool pool, Channel channel, @Nullable Identity identity, long openedNanos) {
        this.pool = pool;
        this.openedNanos = openedNanos;
        this.idleSince = openedNanos;
        this.identity = identity;
        H1ClientConnection h1 = new H1ClientConnection(this);
        this.http = h1;
        channel.pipeline().addLast(h1);
    }

    ClientStream open(ClientStream.Listener listener) {
        used = true;
        return http.open(listener);
    }

    /** Whether an exchange has run on it: then the peer may have closed it unseen. */
    boolean used() {
        return used;
    }

    boolean reusable(long now, long idleLimitNanos) {
        return http.capacity() > 0 && now - idleSince < idleLimitNanos;
    }

    long openedNanos() {
        return openedNanos;
    }

    long idleSince() {
        return idleSince;
    }

    void idleSince(long nanos) {
        idleSince = nanos;
    }

    /** The identity its handshake used; null on plain text. */
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
