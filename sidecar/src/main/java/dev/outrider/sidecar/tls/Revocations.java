package dev.outrider.sidecar.tls;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.time.Background;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workloads and certificates that are refused although their proof would hold, from a file that is
 * read again when it changes. New handshakes are refused, and connections that rest on what is
 * revoked are cut at once, in both directions. The last list that could be read stands when the
 * file goes away. Any thread.
 */
public final class Revocations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final @Nullable Path file;
    private final Background watching;
    private final Map<Channel, RevokedList.Subject> live = new ConcurrentHashMap<>();
    private final LongAdder cut = new LongAdder();
    private volatile RevokedList list = RevokedList.EMPTY;
    private volatile @Nullable String lastError;

    /** Of the thread that looks. */
    private List<FileStamp> seen = List.of();

    private Revocations(@Nullable Path file) {
        this.file = file;
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
        return new Revocations(null);
    }

    /**
     * Reads the file and begins to watch it.
     *
     * @throws IOException if it cannot be read now: a list that was asked for and is not there must
     *     not pass for an empty one
     */
    public static Revocations open(Path file) throws IOException {
        Revocations revocations = new Revocations(file);
        try {
            revocations.load(file);
        } catch (IOException e) {
            throw new IOException(
                    "the list of revoked identities "
                            + file
                            + " cannot be read ("
                            + e
                            + "); make the file, empty if nothing is revoked",
                    e);
        }
        revocations.watching.start();
        return revocations;
    }

    private void look() {
        Path path = file;
        if (path == null) {
            return;
        }
        try {
            load(path);
            lastError = null;
        } catch (IOException e) {
            if (lastError == null) {
                LOG.warn("the last list of revoked identities stands: {}", e.toString());
            }
            lastError = e.toString();
        }
    }

    private void load(Path path) throws IOException {
        // Before reading: a change that comes while we read is seen at the next look.
        List<FileStamp> stamps = FileStamp.of(path);
        if (stamps.equals(seen)) {
            return;
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new IOException(path + " is larger than " + MOST_BYTES + " bytes");
        }
        RevokedList next = RevokedList.parse(new String(bytes, StandardCharsets.UTF_8));
        for (String line : next.unread()) {
            LOG.warn(
                    "{}: '{}' is neither a SPIFFE id nor a serial number or SHA-256 in hex",
                    path,
                    TlsFailure.printable(line));
        }
        list = next;
        seen = stamps;
        LOG.info("{} revokes {} identities and certificates", path, next.size());
        live.forEach(this::cutIfRevoked);
    }

    /** Whether a peer of that id and chain is refused. */
    boolean revokes(SpiffeId id, List<X509Certificate> chain) {
        RevokedList current = list;
        return current.size() > 0 && current.holds(RevokedList.Subject.of(id, chain));
    }

    /** A connection whose handshake is over; forgotten when it closes. */
    void opened(Channel connection, SpiffeId id, List<X509Certificate> chain) {
        if (file == null) {
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
