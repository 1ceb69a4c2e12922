package dev.outrider.sidecar.pod;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An app's answer over HTTP/1.1 (RFC 9112), read to the end of its connection or until enough of it
 * has been seen. Names of fields in lower case; of a field that stands twice the first is kept.
 */
record HttpReply(int status, Map<String, String> fields, byte[] body) {
    private static final int HEAD_LIMIT = 64 * 1024;
    private static final int MOST_INTERIM = 10;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})( .*)?");

    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    /**
     * @param limit how many bytes of the body are wanted
     * @param whole whether a body that is longer is a failure; else the rest is left unread
     */
    static HttpReply read(InputStream in, int limit, boolean whole) throws IOException {
        for (int i = 0; i < MOST_INTERIM; i++) {
            Matcher line = STATUS_LINE.matcher(line(in, HEAD_LIMIT));
            if (!line.matches()) {
                throw new IOException("the answer is not HTTP/1");
            }
            int status = Integer.parseInt(line.group(1));
            Map<String, String> fields = fields(in);
            if (status >= 200) {
                boolean none = status == NO_CONTENT || status == NOT_MODIFIED;
                byte[] body = none ? new byte[0] : new Body(in, limit, whole).read(fields);
                return new HttpReply(status, fields, body);
            }
        }
        throw new IOException("interim answers without an end");
    }

    private static Map<String, String> fields(InputStream in) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        int left = HEAD_LIMIT;
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            left -= line.length();
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("a field of the answer is malformed");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            fields.putIfAbsent(name, line.substring(colon + 1).strip());
        }
        return fields;
    }

    /** Without its end; byte by byte, since the stream is buffered. */
    private static String line(InputStream in, int limit) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended in the middle of the answer");
            }
            if (line.length() >= limit) {
                throw new IOException("the head of the answer is longer than 64 KiB");
            }
            line.append((char) next);
        }
        int last = line.length() - 1;
        return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
    }

    /** A body on its way. */
    private record Body(InputStream in, int limit, boolean whole) {
        private static final int CHUNK = 8 * 1024;

        byte[] read(Map<String, String> fields) throws IOException {
            String coding = fields.getOrDefault("transfer-encoding", "");
            String length = fields.get("content-length");
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            if (coding.equalsIgnoreCase("chunked")) {
                chunks(body);
            } else if (!coding.isEmpty()) {
                throw new IOException("the answer's transfer coding is not known");
            } else if (length == null) {
                take(Long.MAX_VALUE, body);
            } else if (!length.matches("[0-9]{1,18}")) {
                throw new IOException("the answer's content-length is not a number");
            } else if (take(Long.parseLong(length), body)) {
                throw new EOFException("the connection ended in the middle of the answer");
            }
            return body.toByteArray();
        }

        private void chunks(ByteArrayOutputStream body) throws IOException {
            while (true) {
                String line = line(in, CHUNK);
                int extension = line.indexOf(';');
                String size = (extension < 0 ? line : line.substring(0, extension)).strip();
                if (!size.matches("[0-9a-fA-F]{1,15}")) {
                    throw new IOException("a chunk of the answer has no size");
                }
                long bytes = Long.parseLong(size, 16);
                if (bytes == 0 || full(body)) {
                    return;
                }
                if (take(bytes, body)) {
                    throw new EOFException("the connection ended in the middle of the answer");
                }
                if (!full(body) && !line(in, CHUNK).isEmpty()) {
                    throw new IOException("a chunk of the answer is longer than its size");
                }
            }
        }

        private boolean full(ByteArrayOutputStream body) {
            return !whole && body.size() >= limit;
        }

        /** True if the stream ended before. */
        private boolean take(long bytes, ByteArrayOutputStream body) throws IOException {
            byte[] buffer = new byte[CHUNK];
            long left = bytes;
            while (left > 0 && !full(body)) {
                int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    return true;
                }
                if (body.size() + read > limit && whole) {
                    throw new TooLongException(limit);
                }
                body.write(buffer, 0, read);
                left -= read;
            }
            return false;
        }
    }

    /** The body is longer than what may be. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException(int limit) {
            super("the answer is longer than " + limit + " bytes");
        }
    }

    /** For people. */
    String start() {
        return new String(body, 0, Math.min(body.length, 100), StandardCharsets.UTF_8);
    }
}
