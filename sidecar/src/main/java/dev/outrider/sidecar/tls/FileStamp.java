package dev.outrider.sidecar.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What changes when a file's content does: written in place (time, size), replaced (inode), or
 * reached through a symbolic link that was swapped, as Kubernetes does with mounted secrets (real
 * path).
 */
record FileStamp(@Nullable Path real, @Nullable FileTime time, long size, @Nullable Object inode) {
    private static final FileStamp MISSING = new FileStamp(null, null, -1, null);

    static List<FileStamp> of(Path... files) {
        List<FileStamp> stamps = new ArrayList<>();
        for (Path file : files) {
            stamps.add(of(file));
        }
        return stamps;
    }

    private static FileStamp of(Path file) {
        try {
            Path real = file.toRealPath();
            BasicFileAttributes now = Files.readAttributes(real, BasicFileAttributes.class);
            return new FileStamp(real, now.lastModifiedTime(), now.size(), now.fileKey());
        } catch (IOException e) {
            return MISSING;
        }
    }
}
