package dev.outrider.sidecar.forward;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads HTTP/1 messages from a stream, byte by byte and without mercy for the slow. */
public final class Wire {
    private Wire() {}

    /** A head with its empty line, or "" when the stream ended before its first byte. */
    public static String head(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int seen = 0;
        while (seen != 0x0d0a0d0a) {
            int next = in.read();
            if (next < 0) {
                if (out.size() == 0) {
                    return "";
                }
                throw new EOFException("a head broke off: " + text(out));
            }
            out.write(next);
            seen = seen << 8 | next;
        }
        return text(out);
    }

    /** The body that the head announces, without chunk frames, with trailers behind a bar. */
    public static String body(InputStream in, String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int length = lower.indexOf("\r\ncontent-length: ");
        if (lower.contains("\r\ntransfer-encoding: chunked")) {
            chunks(in, out);
        } else if (length >= 0) {
            int end = lower.indexOf('\r', length + 2);
            exactly(in, Integer.parseInt(lower.substring(length + 18, end)), out);
        } else if (head.startsWith("HTTP/")) {
            in.transferTo(out);
        }
        return text(out);
    }

    private static void chunks(InputStream in, ByteArrayOutputStream out) throws IOException {
        while (true) {
            int size = Integer.parseInt(line(in), 16);
            if (size == 0) {
                break;
            }
            exactly(in, size, out);
            line(in);
        }
        for (String trailer = line(in); !trailer.isEmpty(); trailer = line(in)) {
            out.writeBytes(("|" + trailer).getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("a body broke off");
            }
            out.write(c);
        }
        return text(out).stripTrailing();
    }

    private static void exactly(InputStream in, int length, ByteArrayOutputStream out)
            throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("a body broke off");
        }
        out.writeBytes(bytes);
    }

    private static String text(ByteArrayOutputStream out) {
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
