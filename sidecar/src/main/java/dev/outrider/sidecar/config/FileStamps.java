package dev.outrider.sidecar.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What can be told of files without reading them. The real path is part of it, since a Kubernetes
 * volume is updated by turning a symbolic link, which leaves the time of the linked file behind.
 */
record FileStamps(Map<Path, String> byFile, Instant newest) {
    static FileStamps of(Set<Path> files) {
        Map<Path, String> stamps = new HashMap<>();
        Instant newest = Instant.MIN;
        for (Path file : files) {
            try {
                BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
                Instant modified = seen.lastModifiedTime().toInstant();
                newest = modified.isAfter(newest) ? modified : newest;
                stamps.put(
                        file,
                        file.toRealPath()
                                + " "
                                + modified
                                + " "
                                + seen.size()
                                + " "
                                + seen.fileKey());
            } catch (IOException e) {
                stamps.put(file, "unreadable");
            }
        }
        return new FileStamps(stamps, newest);
    }
}
