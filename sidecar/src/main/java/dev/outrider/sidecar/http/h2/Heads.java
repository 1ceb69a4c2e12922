package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.Authority;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.TrailerFields;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes heads of header blocks (RFC 9113, section 8.3). What breaks a rule throws a stream error:
 * such a message has no meaning that two ends could agree on.
 */
final class Heads {
    private static final int LONGEST_METHOD = 32;
    private static final int LONGEST_NUMBER = 18;

    private Heads() {}

    /** {@code last}: no body and no trailers follow. */
    static RequestHead request(int id, FieldBlock block, boolean last) throws Http2Exception {
        check(id, block.fault() == null, String.valueOf(block.fault()));
        check(id, block.status() == null, "a request has a :status");
        String method = method(id, block);
        Headers fields = block.fields();
        String authority = authority(id, block, fields);
        AsciiString protocol = block.protocol();
        boolean connect = method.equals("CONNECT");
        check(id, protocol == null || connect, ":protocol comes with CONNECT only");
        long length = length(id, fields);
        check(id, length < 0 || !connect, "CONNECT has a content-length");
        check(id, length <= 0 || !last, "content-length announces a body and there is none");
        // What follows a CONNECT is no body; it belongs to the tunnel, if there will be one.
        long body = last || connect ? BodyLength.NONE : length;
        if (connect && protocol == null) {
            check(id, block.scheme() == null && block.path() == null, "CONNECT has :path");
            check(id, block.authority() != null, "CONNECT has no :authority");
            return new RequestHead(
                    method, authority, authority, fields, body, HttpVersion.HTTP_2, null);
        }
        checkScheme(id, block.scheme());
        String path = path(id, method, block.path());
        if (protocol != null) {
            String upgrade = protocol.toString().toLowerCase(Locale.ROOT);
            return new RequestHead(
                    "GET", path, authority, fields, body, HttpVersion.HTTP_2, upgrade);
        }
        return new RequestHead(method, path, authority, fields, body, HttpVersion.HTTP_2, null);
    }

    private static String method(int id, FieldBlock block) throws Http2Exception {
        AsciiString method = block.method();
        check(id, method != null, "there is no :method");
        int length = method == null ? 0 : method.length();
        check(id, length > 0 && length <= LONGEST_METHOD, ":method is empty or too long");
        for (int i = 0; method != null && i < length; i++) {
            check(id, Fields.isToken(method.byteAt(i)), ":method is no token");
        }
        return String.valueOf(method);
    }

    private static String authority(int id, FieldBlock block, Headers fields)
            throws Http2Exception {
        AsciiString named = block.authority();
        String authority = named == null ? fields.get("host") : named.toString();
        check(id, authority != null, "there is neither :authority nor host");
        String text = String.valueOf(authority);
        check(id, Authority.isValid(text), "the authority is no host[:port]");
        return text;
    }

    private static void checkScheme(int id, @Nullable AsciiString scheme) throws Http2Exception {
        check(id, scheme != null, "there is no :scheme");
        String text = String.valueOf(scheme);
        check(
                id,
                text.equalsIgnoreCase("http") || text.equalsIgnoreCase("https"),
                ":scheme is neither http nor https");
    }

    private static String path(int id, String method, @Nullable AsciiString path)
            throws Http2Exception {
        check(id, path != null && !path.isEmpty(), ":path is missing or empty");
        String text = String.valueOf(path);
        check(
                id,
                text.startsWith("/") || text.equals("*") && method.equals("OPTIONS"),
                ":path does not begin with a slash");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            check(id, c > ' ' && c < 127 && c != '#', ":path holds a character it may not");
        }
        return text;
    }

    /**
     * @param request what it answers
     */
    static ResponseHead response(int id, FieldBlock block, RequestHead request, boolean last)
            throws Http2Exception {
        check(id, block.fault() == null, String.valueOf(block.fault()));
        check(
                id,
                block.method() == null
                        && block.path() == null
                        && block.scheme() == null
                        && block.authority() == null
                        && block.protocol() == null,
                "a response has a request's pseudo-header field");
        int status = status(id, block.status());
        Headers fields = block.fields();
        long length = length(id, fields);
        if (status < 200) {
            check(id, !last, "an informational response ends the stream");
            fields.remove("content-length");
            return new ResponseHead(status, fields, BodyLength.NONE);
        }
        boolean extended = request.upgrade() != null;
        if (status < 300 && (extended || request.method().equals("CONNECT"))) {
            fields.remove("content-length");
            return new ResponseHead(extended ? 101 : status, fields, BodyLength.UNKNOWN);
        }
        if (request.method().equals("HEAD") || status == 204 || status == 304) {
            if (status == 204) {
                fields.remove("content-length");
            }
            return new ResponseHead(status, fields, BodyLength.NONE);
        }
        check(id, length <= 0 || !last, "content-length announces a body and there is none");
        return new ResponseHead(status, fields, last ? BodyLength.NONE : length);
    }

    private static int status(int id, @Nullable AsciiString status) throws Http2Exception {
        check(id, status != null && status.length() == 3, ":status is missing or no number");
        int number = 0;
        for (int i = 0; status != null && i < 3; i++) {
            int digit = status.byteAt(i) - '0';
            check(id, digit >= 0 && digit <= 9, ":status is no number");
            number = number * 10 + digit;
        }
        check(id, number >= 100 && number <= 599, ":status is not from 100 to 599");
        check(id, number != 101, "HTTP/2 has no status 101");
        return number;
    }

    static Headers trailers(int id, FieldBlock block) throws Http2Exception {
        check(id, block.fault() == null, String.valueOf(block.fault()));
        check(id, !block.hasPseudo(), "a trailer section has a pseudo-header field");
        check(id, !block.tooMany(), "a trailer section has too many fields");
        Headers fields = block.fields();
        if (fields.size() == 0) {
            return Headers.EMPTY;
        }
        String refused = TrailerFields.refused(fields);
        check(id, refused == null, refused + " is no trailer field");
        return fields;
    }

    /** What content-length says, or {@link BodyLength#UNKNOWN} without one. */
    private static long length(int id, Headers fields) throws Http2Exception {
        int index = fields.indexOf("content-length");
        if (index < 0) {
            return BodyLength.UNKNOWN;
        }
        check(id, fields.count("content-length") == 1, "there are two content-length fields");
        int length = fields.valueLength(index);
        check(id, length > 0 && length <= LONGEST_NUMBER, "content-length is no number");
        byte[] bytes = fields.array();
        long number = 0;
        for (int at = fields.valueStart(index), end = at + length; at < end; at++) {
            int digit = bytes[at] - '0';
            check(id, digit >= 0 && digit <= 9, "content-length is no number");
            number = number * 10 + digit;
        }
        return number;
    }

    static void check(int id, boolean kept, String rule) throws Http2Exception {
        if (!kept) {
            throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "%s", rule);
        }
    }
}
