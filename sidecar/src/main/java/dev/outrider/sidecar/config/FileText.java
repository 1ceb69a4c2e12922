package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads small text files whole: bounded, UTF-8 only, regular files only (a pipe would block). */
final class FileText {
    private FileText() {}

    /** Refuses with {@code place} and a sentence about {@code path}, never with its content. */
    static byte[] read(Path path, int limit, Value.Place place) throws Refused {
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new Refused(place, "'" + path + "' is not a regular file; name a text file");
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(limit + 1);
                if (bytes.length > limit) {
                    throw new Refused(
                            place,
                            "'" + path + "' is larger than " + limit / 1024 + " KiB; shorten it");
                }
                return bytes;
            }
        } catch (NoSuchFileException e) {
            throw new Refused(place, "'" + path + "' does not exist; create it or mend the path");
        } catch (AccessDeniedException e) {
            throw new Refused(place, "'" + path + "' may not be read; mend its owner or mode");
        } catch (IOException e) {
            throw new Refused(
                    place, "'" + path + "' cannot be read (" + e.getMessage() + "); look at it");
        }
    }

    static String decode(byte[] bytes, Path path, Value.Place place) throws Refused {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new Refused(
                    place,
                    "'"
                            + path
                            + "' is not UTF-8 text (byte "
                            + (in.position() + 1)
                            + "); save it as UTF-8");
        }
        return out.flip().toString();
    }
}
