package dev.outrider.sidecar.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines of JSON as ASCII bytes: whatever is not plain ASCII is escaped (RFC 8259, section 7), so no
 * value can end a line, a string or the encoding. One thread.
 */
final class JsonBuffer {
    private byte[] bytes = new byte[64 * 1024];
    private int used;
    private int written;
    private boolean first = true;

    void open(char bracket) {
        raw(bracket);
        first = true;
    }

    void close(char bracket) {
        raw(bracket);
        first = false;
    }

    void endLine() {
        raw('\n');
        first = true;
    }

    void key(String key) {
        separate();
        quoted(key);
        raw(':');
        first = true;
    }

    /** A member of an array, or the value after {@link #key}. */
    void item() {
        separate();
    }

    private void separate() {
        if (!first) {
            raw(',');
        }
        first = false;
    }

    void field(String key, @Nullable String value) {
        key(key);
        if (value == null) {
            ascii("null");
        } else {
            quoted(value);
        }
        first = false;
    }

    void field(String key, long value) {
        key(key);
        ascii(Long.toString(value));
        first = false;
    }

    /** Milliseconds with three decimals. */
    void millis(String key, long nanos) {
        key(key);
        long micros = Math.max(0, nanos) / 1000;
        ascii(Long.toString(micros / 1000));
        raw('.');
        long rest = micros % 1000;
        raw((char) ('0' + rest / 100));
        raw((char) ('0' + rest / 10 % 10));
        raw((char) ('0' + rest % 10));
        first = false;
    }

    private void quoted(String text) {
        raw('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                raw('\\');
                raw(c);
            } else if (c >= ' ' && c < 127) {
                raw(c);
            } else {
                ascii("\\u");
                ensure(4);
                used = Hex.write(c, bytes, used, 4);
            }
        }
        raw('"');
    }

    private void ascii(String text) {
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[used++] = (byte) text.charAt(i);
        }
    }

    private void raw(char c) {
        ensure(1);
        bytes[used++] = (byte) c;
    }

    private void ensure(int more) {
        if (bytes.length - used < more) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
    }

    int size() {
        return used - written;
    }

    /** Writes all; after an exception what was not written is still here. */
    void writeTo(WritableByteChannel channel) throws IOException {
        while (written < used) {
            written += channel.write(ByteBuffer.wrap(bytes, written, used - written));
        }
        used = 0;
        written = 0;
    }

    @Override
    public String toString() {
        return new String(bytes, written, used - written, StandardCharsets.US_ASCII);
    }
}
