package dev.outrider.sidecar.soak;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A head of HTTP/1.1, of a request or a response; field names in lower case. */
record H1Message(String first, Map<String, String> fields) {
    /** Null if the peer has ended before the head's first byte. */
    static @Nullable H1Message readOrEnd(InputStream in) throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            return null;
        }
        in.reset();
        return read(in);
    }

    static H1Message read(InputStream in) throws IOException {
        String first = line(in);
        Map<String, String> fields = new HashMap<>();
        String line = line(in);
        while (!line.isEmpty()) {
            int colon = line.indexOf(':');
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
            line = line(in);
        }
        return new H1Message(first, fields);
    }

    @Nullable String field(String name) {
        return fields.get(name);
    }

    int status() {
        return Integer.parseInt(first.split(" ", 3)[1]);
    }

    byte[] body(InputStream in) throws IOException {
        if (fields.containsKey("transfer-encoding")) {
            return chunks(in);
        }
        return exactly(in, Integer.parseInt(fields.getOrDefault("content-length", "0")));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = Integer.parseInt(line(in), 16);
        while (size > 0) {
            body.write(exactly(in, size));
            var _ = line(in);
            size = Integer.parseInt(line(in), 16);
        }
        while (!line(in).isEmpty()) {} // trailers
        return body.toByteArray();
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("closed within a body of " + length);
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed within a line: " + line);
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
