package dev.outrider.sidecar.tls;

import dev.outrider.certs.RevokedList;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.time.Background;
import io.netty.channel.Channel;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workloads and certificates that are refused although their proof would hold, from files that are
 * read again when they change: the operator's own, and the authority's, which is mounted beside the
 * trust bundle. New handshakes are refused, and connections that rest on what is revoked are cut at
 * once, in both directions. Any thread.
 */
public final class Revocations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final List<RevokedSource> sources;
    private final Background watching;
    private final Map<Channel, RevokedList.Subject> live = new ConcurrentHashMap<>();
    private final LongAdder cut = new LongAdder();
    private volatile RevokedList list = RevokedList.EMPTY;

    private Revocations(List<RevokedSource> sources) {
        this.sources = List.copyOf(sources);
        this.watching =
                new Background(
                        "revocations",
                        () -> {
                            look();
                            return LOOK;
                        });
    }

    /** Nothing is revoked, ever. */
    public static Revocations none() {
        return new Revocations(List.of());
    }

    /**
     * Reads the files that are configured and begins to watch them.
     *
     * @throws IOException if one that must be there cannot be read
     */
    public static Revocations open(TlsConfig config) throws IOException {
        List<RevokedSource> sources = new ArrayList<>();
        if (config.revoked() != null) {
            sources.add(new RevokedSource(config.revoked(), false));
        }
        if (config.revokedIfPresent() != null) {
            sources.add(new RevokedSource(config.revokedIfPresent(), true));
        }
        Revocations revocations = new Revocations(sources);
        for (RevokedSource source : sources) {
            source.open();
        }
        revocations.gather();
        if (!sources.isEmpty()) {
            revocations.watching.start();
        }
        return revocations;
    }

    private void look() {
        boolean changed = false;
        for (RevokedSource source : sources) {
            changed |= source.look();
        }
        if (changed) {
            gather();
            live.forEach(this::cutIfRevoked);
        }
    }

    private void gather() {
        list =
                sources.stream()
                        .map(RevokedSource::list)
                        .reduce(RevokedList.EMPTY, RevokedList::and);
    }

    /** Whether a peer of that id and chain is refused. */
    boolean revokes(SpiffeId id, List<X509Certificate> chain) {
        return list.holds(id, chain);
    }

    /** A connection whose handshake is over; forgotten when it closes. */
    void opened(Channel connection, SpiffeId id, List<X509Certificate> chain) {
        if (sources.isEmpty()) {
            return;
        }
        RevokedList.Subject subject = RevokedList.Subject.of(id, chain);
        live.put(connection, subject);
        connection.closeFuture().addListener(_ -> live.remove(connection));
        // The list may have changed between the handshake's check and the entry.
        cutIfRevoked(connection, subject);
    }

    private void cutIfRevoked(Channel connection, RevokedList.Subject subject) {
        if (list.holds(subject)) {
            cut.increment();
            LOG.warn("{} is revoked, its connection is cut", subject.id());
            connection.close();
        }
    }

    /** Identities and certificates that are refused. */
    public int size() {
        return list.size();
    }

    /** Connections cut since the start. */
    public long cut() {
        return cut.sum();
    }

    @Override
    public void close() {
        watching.close();
    }
}
