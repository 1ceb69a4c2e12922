package dev.outrider.certs.ca;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The audit log as a file. A line is written in one call, so a kill leaves whole lines. Five files
 * of 16 MiB are kept, so that refusals, which anybody can cause, cannot fill the disk.
 */
final class AuditFile implements AuditLog {
    private static final int KEPT = 4;

    private final Path file;
    private final long largest;
    private FileChannel channel;
    private long size;

    AuditFile(Path file) throws IOException {
        this(file, 16 << 20);
    }

    AuditFile(Path file, long largest) throws IOException {
        this.file = file;
        this.largest = largest;
        this.channel = open(file);
        this.size = channel.size();
    }

    @Override
    public synchronized void append(ObjectNode line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        if (size > 0 && size + bytes.length > largest) {
            turn();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        size += bytes.length;
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }

    private void turn() throws IOException {
        channel.close();
        for (int number = KEPT - 1; number >= 1; number--) {
            if (Files.exists(numbered(number))) {
                Files.move(
                        numbered(number),
                        numbered(number + 1),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(file, numbered(1), StandardCopyOption.REPLACE_EXISTING);
        channel = open(file);
        size = 0;
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
}
