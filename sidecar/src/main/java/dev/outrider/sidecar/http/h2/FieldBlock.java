package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What HPACK decodes one header block into: each field is checked as it comes (RFC 9113, sections
 * 8.2 and 8.3) and its bytes go straight into {@link Headers}. Netty's map of headers stays empty.
 * The first breach is kept and told once the block is whole, since the rest of the block must be
 * decoded anyway to keep HPACK's table right.
 *
 * <p>A connection has one: a block is read to its end before the next begins.
 */
final class FieldBlock extends DefaultHttp2Headers {
    private static final byte[] HOST = {'H', 'o', 's', 't'};
    private static final byte[] COOKIE = "cookie".getBytes(StandardCharsets.US_ASCII);
    private static final int TABLE_SIZE = 2;
    private static final int LEAST_BYTES = 128;
    private static final int MOST_BYTES = 4096;
    private static final int LEAST_FIELDS = 8;
    private static final int MOST_FIELDS = 64;

    private final int mostFields;
    private Headers fields = Headers.EMPTY;

    /** What heads of this connection have taken lately, with what filters added to them. */
    private int usualBytes;

    private int usualFields;
    private @Nullable AsciiString method;
    private @Nullable AsciiString scheme;
    private @Nullable AsciiString authority;
    private @Nullable AsciiString path;
    private @Nullable AsciiString protocol;
    private @Nullable AsciiString status;
    private byte @Nullable [] cookie;
    private @Nullable String fault;
    private boolean regular;
    private boolean pseudo;
    private boolean host;
    private int count;

    FieldBlock(int mostFields) {
        super(false, false, TABLE_SIZE);
        this.mostFields = mostFields;
    }

    /** Begins the next block; the fields of the last belong to whoever asked for them. */
    void begin() {
        rest();
        int bytes = Math.clamp(usualBytes + usualBytes / 16, LEAST_BYTES, MOST_BYTES);
        fields = new Headers(bytes, Math.clamp(usualFields + 1, LEAST_FIELDS, MOST_FIELDS));
        method = null;
        scheme = null;
        authority = null;
        path = null;
        protocol = null;
        status = null;
        cookie = null;
        fault = null;
        regular = false;
        pseudo = false;
        host = false;
        count = 0;
    }

    /**
     * Lets go of the last block's fields, and learns from them: the heads of a connection are much
     * alike. What was learned fades slowly, since trailers are small and come between heads.
     */
    void rest() {
        usualBytes = Math.max(fields.bytesUsed(), usualBytes - usualBytes / 32);
        usualFields = Math.max(fields.size(), usualFields - usualFields / 32);
        fields = Headers.EMPTY;
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        if (fault == null && count < mostFields) {
            field(AsciiString.of(name), AsciiString.of(value));
        }
        count++;
        return this;
    }

    private void field(AsciiString name, AsciiString value) {
        if (name.isEmpty()) {
            fault = "a field has no name";
        } else if (!isValue(value)) {
            fault = "the value of " + name + " holds a control character or begins or ends blank";
        } else if (name.byteAt(0) == ':') {
            pseudo(name, value);
        } else if (!isName(name)) {
            fault = "a field name is no token in lower case";
        } else {
            regular = true;
            regular(name, value);
        }
    }

    private void pseudo(AsciiString name, AsciiString value) {
        if (regular) {
            fault = name + " comes after a regular field";
            return;
        }
        pseudo = true;
        switch (name.toString()) {
            case ":method" -> method = once(name, method, value);
            case ":scheme" -> scheme = once(name, scheme, value);
            case ":authority" -> {
                authority = once(name, authority, value);
                append(HOST, value);
            }
            case ":path" -> path = once(name, path, value);
            case ":protocol" -> protocol = once(name, protocol, value);
            case ":status" -> status = once(name, status, value);
            default -> fault = "there is no pseudo-header field " + name;
        }
    }

    private AsciiString once(AsciiString name, @Nullable AsciiString before, AsciiString value) {
        if (before != null) {
            fault = name + " comes twice";
        }
        return value;
    }

    private void regular(AsciiString name, AsciiString value) {
        switch (FieldNames.kind(name)) {
            case END_TO_END -> append(name, value);
            case CONNECTION -> fault = name + " concerns a connection of HTTP/1 only";
            case TE -> {
                if (value.contentEqualsIgnoreCase("trailers")) {
                    append(name, value);
                } else {
                    fault = "te is not 'trailers'";
                }
            }
            case COOKIE -> cookie(value);
            case HOST -> host(value);
        }
    }

    /** RFC 9113, section 8.2.3: crumbs are joined before anybody sees them as one field. */
    private void cookie(AsciiString value) {
        byte[] before = cookie;
        if (before == null) {
            cookie = value.toByteArray();
            return;
        }
        byte[] joined = new byte[before.length + 2 + value.length()];
        System.arraycopy(before, 0, joined, 0, before.length);
        joined[before.length] = ';';
        joined[before.length + 1] = ' ';
        System.arraycopy(
                value.array(), value.arrayOffset(), joined, before.length + 2, value.length());
        cookie = joined;
    }

    /** Exactly one remains; two that differ could be read differently by two parsers. */
    private void host(AsciiString value) {
        if (host) {
            fault = "there are two host fields";
        } else if (authority == null) {
            append(HOST, value);
        } else if (!authority.contentEqualsIgnoreCase(value)) {
            fault = "host and :authority differ";
        }
        host = true;
    }

    private void append(AsciiString name, AsciiString value) {
        fields.append(
                name.array(),
                name.arrayOffset(),
                name.length(),
                value.array(),
                value.arrayOffset(),
                value.length());
    }

    private void append(byte[] name, AsciiString value) {
        fields.append(name, 0, name.length, value.array(), value.arrayOffset(), value.length());
    }

    private static boolean isName(AsciiString name) {
        byte[] bytes = name.array();
        int end = name.arrayOffset() + name.length();
        for (int i = name.arrayOffset(); i < end; i++) {
            byte b = bytes[i];
            if (!Fields.isToken(b) || b >= 'A' && b <= 'Z') {
                return false;
            }
        }
        return true;
    }

    private static boolean isValue(AsciiString value) {
        byte[] bytes = value.array();
        int start = value.arrayOffset();
        int end = start + value.length();
        return Fields.valueEnd(bytes, start, end) == end
                && (start == end || !isBlank(bytes[start]) && !isBlank(bytes[end - 1]));
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    // ---- what came, once the block is whole

    /** The rule that was broken, or null. */
    @Nullable String fault() {
        return fault;
    }

    boolean tooMany() {
        return count > mostFields;
    }

    /** The fields that are not pseudo-header fields; a request's {@code Host} is among them. */
    Headers fields() {
        if (cookie != null) {
            fields.append(COOKIE, 0, COOKIE.length, cookie, 0, cookie.length);
            cookie = null;
        }
        return fields;
    }

    boolean hasPseudo() {
        return pseudo;
    }

    @Override
    public @Nullable AsciiString method() {
        return method;
    }

    @Override
    public @Nullable AsciiString scheme() {
        return scheme;
    }

    @Override
    public @Nullable AsciiString authority() {
        return authority;
    }

    @Override
    public @Nullable AsciiString path() {
        return path;
    }

    @Nullable AsciiString protocol() {
        return protocol;
    }

    /** Netty's decoder tells an informational response from the final one by it. */
    @Override
    public @Nullable AsciiString status() {
        return status;
    }
}
