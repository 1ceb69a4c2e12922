package dev.outrider.sidecar.observe;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What the access log writes to; asked again after {@code reopen}. */
@FunctionalInterface
interface LogFile {
    WritableByteChannel open() throws IOException;

    static LogFile of(AccessLogConfig config) {
        return config.output().equals(AccessLogConfig.STDOUT)
                ? LogFile::stdout
                : at(Path.of(config.output()));
    }

    /** Appends; a new file is for its owner and group alone, since lines name people and paths. */
    static LogFile at(Path path) {
        return () ->
                FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-r-----")));
    }

    /** Unbuffered and never closed: it is not ours. */
    private static WritableByteChannel stdout() {
        @SuppressWarnings("resource") // closing it would close the process's standard output
        FileChannel out = new FileOutputStream(FileDescriptor.out).getChannel();
        return new WritableByteChannel() {
            @Override
            public int write(java.nio.ByteBuffer source) throws IOException {
                return out.write(source);
            }

            @Override
            public boolean isOpen() {
                return out.isOpen();
            }

            @Override
            public void close() {}
        };
    }
}
