package dev.outrider.certs.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A small file that somebody replaces now and then, as the kubelet does with tokens and CA bundles.
 * Looked at for each use, which costs one system call, and read again when it is another one. A
 * file that cannot be read just now leaves what was read last. Any thread.
 */
final class RotatedFile {
    private static final int LARGEST = 1 << 20;

    private final Path file;
    private @Nullable Stamp stamp;
    private String text = "";

    private record Stamp(FileTime changed, long size, @Nullable Object key) {}

    RotatedFile(Path file) {
        this.file = file;
    }

    synchronized String read() throws IOException {
        Stamp before = stamp;
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            Stamp seen = new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
            if (!seen.equals(before)) {
                if (now.size() > LARGEST) {
                    throw new IOException(file + " is larger than " + LARGEST + " bytes");
                }
                text = Files.readString(file);
                stamp = seen;
            }
        } catch (IOException e) {
            if (before == null) {
                throw e;
            }
        }
        return text;
    }
}
