package dev.outrider.sidecar.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A document kept over restarts, readable by us alone, whole at every moment. */
public record KeptFile(Path path) {
    /** The text and when it was written, null if there is none. */
    public @Nullable Kept read() throws IOException {
        try {
            return new Kept(Files.readString(path), Files.getLastModifiedTime(path).toMillis());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    public record Kept(String text, long writtenMillis) {}

    /** Writes aside, syncs, then renames. */
    public void write(String text) throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(aside);
        try (FileChannel channel =
                FileChannel.open(
                        aside,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        keepOwner(aside);
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Who may read the file should still be able to when root has changed it. */
    private void keepOwner(Path aside) throws IOException {
        try {
            UserPrincipal owner = Files.getOwner(path);
            if (!owner.equals(Files.getOwner(aside))) {
                Files.setOwner(aside, owner);
            }
        } catch (NoSuchFileException e) {
            // The first of its name is its writer's.
        }
    }
}
