package dev.outrider.sidecar.tls;

import dev.outrider.certs.RevokedList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file with a part of what is revoked, read again when it changes. Of one that goes away, or
 * cannot be read any more, the last list stands. For the thread that looks, but for {@link #list}.
 */
final class RevokedSource {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final Path file;
    private final boolean mayBeMissing;
    private List<FileStamp> seen = List.of();
    private String lastError = "";
    private volatile RevokedList list = RevokedList.EMPTY;

    RevokedSource(Path file, boolean mayBeMissing) {
        this.file = file;
        this.mayBeMissing = mayBeMissing;
    }

    RevokedList list() {
        return list;
    }

    /**
     * The first reading.
     *
     * @throws IOException if it cannot be read now: a list that was asked for and is not there must
     *     not pass for an empty one
     */
    void open() throws IOException {
        if (mayBeMissing && !Files.exists(file)) {
            LOG.info("{} is not there yet; nothing is revoked by it", file);
            return;
        }
        try {
            load();
        } catch (IOException e) {
            throw new IOException(
                    "the list of revoked identities "
                            + file
                            + " cannot be read ("
                            + e
                            + "); make the file, empty if nothing is revoked",
                    e);
        }
    }

    /** True if there is another list now. */
    boolean look() {
        try {
            boolean changed = (!seen.isEmpty() || !mayBeMissing || Files.exists(file)) && load();
            lastError = "";
            return changed;
        } catch (IOException e) {
            if (lastError.isEmpty()) {
                LOG.warn("the last list of revoked identities stands: {}", e.toString());
            }
            lastError = e.toString();
            return false;
        }
    }

    private boolean load() throws IOException {
        // Before reading: a change that comes while we read is seen at the next look.
        List<FileStamp> stamps = FileStamp.of(file);
        if (stamps.equals(seen)) {
            return false;
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new IOException(file + " is larger than " + MOST_BYTES + " bytes");
        }
        list = RevokedList.parse(new String(bytes, StandardCharsets.UTF_8));
        seen = stamps;
        list.tell(LOG, file.toString());
        return true;
    }
}
