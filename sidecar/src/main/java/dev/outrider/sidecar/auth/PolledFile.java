package dev.outrider.sidecar.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A small file that others may rewrite, replace or, as Kubernetes does, swap behind a symbolic
 * link. Looking costs one stat; the file is read again only when its time, size or inode changed.
 * On one virtual thread at a time.
 */
public final class PolledFile {
    /**
     * A file written this shortly before it was read may be written again within the same tick of
     * its time stamp, so it is read once more.
     */
    private static final Duration TICK = Duration.ofSeconds(2);

    private final Path path;
    private final int mostBytes;
    private final InstantSource clock;
    private @Nullable Stamp seen;

    public PolledFile(Path path, int mostBytes, InstantSource clock) {
        this.path = path;
        this.mostBytes = mostBytes;
        this.clock = clock;
    }

    private record Stamp(long modifiedMillis, long size, @Nullable Object inode, boolean settled) {
        boolean same(Stamp other) {
            return modifiedMillis == other.modifiedMillis
                    && size == other.size
                    && Objects.equals(inode, other.inode);
        }
    }

    public Path path() {
        return path;
    }

    /** The text if it may have changed since the last successful call, else null. */
    public @Nullable String readIfChanged() throws IOException {
        Stamp now = stamp();
        Stamp before = seen;
        if (before != null && before.settled && before.same(now)) {
            return null;
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(mostBytes + 1);
        }
        if (bytes.length > mostBytes) {
            throw new IOException(path + " is larger than " + mostBytes + " bytes");
        }
        seen = now;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Stamp stamp() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        long modified = attributes.lastModifiedTime().toMillis();
        boolean settled = clock.millis() - modified > TICK.toMillis();
        return new Stamp(modified, attributes.size(), attributes.fileKey(), settled);
    }
}
