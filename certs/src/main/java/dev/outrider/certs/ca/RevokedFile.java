package dev.outrider.certs.ca;

import dev.outrider.certs.RevokedList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is revoked, in a file beside an authority on disk, looked at each time: a change holds for
 * the next request. No file is an empty list; but of one that goes away, or cannot be read any
 * more, the last list stands. Guarded by its own monitor.
 */
final class RevokedFile implements Supplier<RevokedList> {
    private static final Logger LOG = LoggerFactory.getLogger(RevokedFile.class);
    private static final int MOST_BYTES = 4 << 20;

    private final Path file;
    private List<Object> seen = List.of();
    private String trouble = "";
    private RevokedList list = RevokedList.EMPTY;

    /**
     * @throws IOException if it is there and cannot be read: that must not pass for an empty one
     */
    RevokedFile(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            load();
        }
    }

    @Override
    public synchronized RevokedList get() {
        try {
            load();
            trouble = "";
        } catch (NoSuchFileException e) {
            if (!seen.isEmpty()) {
                tell(file + " is gone");
            }
        } catch (IOException e) {
            tell(e.toString());
        }
        return list;
    }

    private void tell(String what) {
        if (!what.equals(trouble)) {
            LOG.error("the last list of what is revoked stands: {}", what);
            trouble = what;
        }
    }

    private synchronized void load() throws IOException {
        Path real = file.toRealPath();
        BasicFileAttributes now = Files.readAttributes(real, BasicFileAttributes.class);
        List<Object> stamp =
                List.of(real, now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
        if (stamp.equals(seen)) {
            return;
        }
        if (now.size() > MOST_BYTES) {
            throw new IOException(file + " is larger than " + MOST_BYTES + " bytes");
        }
        list = RevokedList.parse(Files.readString(file, StandardCharsets.UTF_8));
        seen = stamp;
        list.tell(LOG, file.toString());
    }
}
