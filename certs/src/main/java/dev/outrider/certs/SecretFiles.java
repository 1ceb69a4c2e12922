package dev.outrider.certs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * Files that survive a kill at any point: the content goes to a sibling with mode 0600, is forced
 * to disk, and takes its name in one step; the directory is forced too, so the name survives a
 * power cut. A reader sees the old content or the new, never a part.
 */
public final class SecretFiles {
    /** What an interrupted write leaves behind ends so; it was never a file's content. */
    public static final String UNFINISHED = ".unfinished";

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private SecretFiles() {}

    /** Writes a file that must not exist yet; two racing writers cannot both succeed. */
    public static void create(Path file, String content) throws IOException {
        Path unfinished = write(file, content);
        try {
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(
                    file + " exists already and is kept; ask for replacing it or name another");
        } catch (UnsupportedOperationException e) {
            Files.copy(unfinished, file, StandardCopyOption.COPY_ATTRIBUTES);
        } finally {
            Files.delete(unfinished);
        }
        force(parent(file));
    }

    /** Writes a file, taking the place of one that may exist. */
    public static void replace(Path file, String content) throws IOException {
        Path unfinished = write(file, content);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        force(parent(file));
    }

    /** Makes a directory (mode 0700) and its parents, if they are missing. */
    public static void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, OWNER_DIRECTORY);
    }

    /** Makes the names in {@code directory} durable after a rename or a deletion. */
    public static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path write(Path file, String content) throws IOException {
        Path unfinished =
                parent(file)
                        .resolve("." + file.getFileName() + "." + UUID.randomUUID() + UNFINISHED);
        Set<StandardOpenOption> fresh =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(unfinished, fresh, OWNER_FILE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return unfinished;
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is not a file's path");
        }
        return parent;
    }
}
