package dev.outrider.sidecar.http.h1;

import static dev.outrider.sidecar.http.h1.MalformedException.bad;

import dev.outrider.sidecar.http.Authority;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads request heads (RFC 9112, section 3). One per connection; keeps its place in a partial head.
 */
final class RequestParser {
    private static final String[] METHODS = {
        "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT"
    };
    private static final int LONGEST_METHOD = 32;

    /** For what filters add: a request id, trace headers of two kinds, a deadline. */
    private static final int ROOM_BYTES = 256;

    /** And, out of this, a token. */
    private static final int MOST_ROOM_BYTES = 2048;

    private static final int ROOM_FIELDS = 6;

    /** The digits of a deadline and the like differ from request to request. */
    private static final int SLACK_BYTES = 32;

    private final H1Limits limits;
    private final HeadParser heads;

    /** The one empty line that may stand before this head is gone. */
    private boolean skipped;

    /** Learned from the head before: a client's requests are much alike. */
    private int room = ROOM_BYTES;

    private int lastLength;
    private boolean keepAlive;
    private boolean http10;
    private boolean expectsContinue;

    RequestParser(H1Limits limits) {
        this.limits = limits;
        this.heads = new HeadParser(limits, true);
    }

    /** Whether the last head lets the connection live on. */
    boolean keepAlive() {
        return keepAlive;
    }

    boolean http10() {
        return http10;
    }

    /** Whether the client waits for a 100 before it sends the body (RFC 9110, section 10.1.1). */
    boolean expectsContinue() {
        return expectsContinue;
    }

    /** What became of the last head, so that the next one has room for the same. */
    void passedOn(Headers headers) {
        room = Math.clamp(headers.bytesUsed() + SLACK_BYTES - lastLength, 0, MOST_ROOM_BYTES);
    }

    /** The next head, with its bytes consumed, or null if it has not all come. */
    @Nullable RequestHead parse(ByteBuf in) throws MalformedException {
        skipEmptyLine(in);
        if (!skipped && in.readableBytes() == 1 && in.getByte(in.readerIndex()) == '\r') {
            // Perhaps half an empty line; the search must not begin before it is gone.
            return null;
        }
        int length = heads.find(in);
        if (length < 0) {
            return null;
        }
        int start = in.readerIndex();
        int lineEnd = HeadParser.lineEnd(in);
        Headers headers = new Headers(length + room, heads.mostFields() + ROOM_FIELDS);
        lastLength = length;
        heads.fields(in, lineEnd + 2, start + length, headers);
        RequestHead head = head(in, start, lineEnd, headers);
        in.skipBytes(length);
        skipped = false;
        return head;
    }

    /** RFC 9112, section 2.2: an empty line before a request is ignored. */
    private void skipEmptyLine(ByteBuf in) {
        int at = in.readerIndex();
        if (!skipped
                && in.readableBytes() >= 2
                && in.getByte(at) == '\r'
                && in.getByte(at + 1) == '\n') {
            in.skipBytes(2);
            skipped = true;
        }
    }

    private RequestHead head(ByteBuf in, int start, int end, Headers headers)
            throws MalformedException {
        int methodEnd = in.indexOf(start, end, (byte) ' ');
        if (methodEnd < 0) {
            throw bad("request-line", "the request line is no 'METHOD target HTTP/1.1'");
        }
        int targetEnd = in.indexOf(methodEnd + 1, end, (byte) ' ');
        if (targetEnd < 0 || targetEnd == methodEnd + 1) {
            throw bad("request-line", "the request line is no 'METHOD target HTTP/1.1'");
        }
        http10 = version(in, targetEnd + 1, end);
        String method = method(in, start, methodEnd);
        String target = target(in, methodEnd + 1, targetEnd);
        keepAlive = Framing.keepAlive(headers, http10);
        expectsContinue = !http10 && headers.hasToken("expect", "100-continue");
        Long length = Framing.bodyLength(headers, http10);
        long bodyLength = length == null ? BodyLength.NONE : length;
        if (bodyLength > limits.body()) {
            throw new MalformedException(
                    413, "body-too-large", "the body is over " + limits.body() + " bytes");
        }
        // An upgrade that brings a body is no upgrade: what follows the head must be clear.
        String upgrade = http10 || bodyLength != BodyLength.NONE ? null : Framing.upgrade(headers);
        Framing.removeHopByHop(headers);
        if (method.equals("CONNECT")) {
            return connect(target, headers, bodyLength);
        }
        Addressed to = addressed(method, target, headers);
        HttpVersion version = http10 ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
        return new RequestHead(
                method, to.target(), to.authority(), headers, bodyLength, version, upgrade);
    }

    /** Returns whether it is 1.0; any other than 1.0 and 1.1 is refused. */
    private static boolean version(ByteBuf in, int start, int end) throws MalformedException {
        boolean http = end - start == 8 && startsWith(in, start, "HTTP/");
        if (!http || in.getByte(start + 6) != '.') {
            throw bad("version", "the request line does not end with HTTP/1.1");
        }
        int major = in.getByte(start + 5);
        int minor = in.getByte(start + 7);
        if (major == '1' && (minor == '1' || minor == '0')) {
            return minor == '0';
        }
        if (major >= '0' && major <= '9' && minor >= '0' && minor <= '9') {
            throw new MalformedException(
                    505, "version", "this listener speaks HTTP/1.1 and 1.0 only");
        }
        throw bad("version", "the request line does not end with HTTP/1.1");
    }

    private static String method(ByteBuf in, int start, int end) throws MalformedException {
        for (String known : METHODS) {
            if (end - start == known.length() && startsWith(in, start, known)) {
                return known;
            }
        }
        if (end == start || end - start > LONGEST_METHOD) {
            throw bad("method", "the method is empty or over " + LONGEST_METHOD + " characters");
        }
        for (int i = start; i < end; i++) {
            if (!Fields.isToken(in.getByte(i))) {
                throw bad("method", "the method is no token");
            }
        }
        return ascii(in, start, end);
    }

    private static String target(ByteBuf in, int start, int end) throws MalformedException {
        for (int i = start; i < end; i++) {
            byte c = in.getByte(i);
            if (c <= ' ' || c == 127 || c == '#') {
                throw bad("target", "the request target holds byte " + (c & 0xff));
            }
        }
        return ascii(in, start, end);
    }

    /** A tunnel's target is a host and a port and nothing else (RFC 9112, section 3.2.3). */
    private RequestHead connect(String target, Headers headers, long bodyLength)
            throws MalformedException {
        if (http10 || bodyLength != BodyLength.NONE) {
            throw bad("connect", "CONNECT has no body, and needs HTTP/1.1");
        }
        host(headers);
        checkAuthority(target);
        if (target.lastIndexOf(':') <= target.lastIndexOf(']')) {
            throw bad("target", "the target of CONNECT is no host:port");
        }
        headers.set("Host", target);
        // What comes next on the connection is either the tunnel's or nobody's.
        keepAlive = false;
        return new RequestHead("CONNECT", target, target, headers, BodyLength.NONE);
    }

    /** Where a request goes; the headers' Host is the authority. */
    private record Addressed(String target, String authority) {}

    private static String host(Headers headers) throws MalformedException {
        if (headers.count("host") != 1) {
            throw bad(
                    headers.contains("host") ? "two-hosts" : "no-host",
                    "there must be exactly one Host field");
        }
        String host = java.util.Objects.requireNonNull(headers.get("host"));
        checkAuthority(host);
        return host;
    }

    /** Settles the authority: one Host field, overridden by an absolute target (RFC 9112, 3.2). */
    private static Addressed addressed(String method, String target, Headers headers)
            throws MalformedException {
        String host = host(headers);
        if (target.startsWith("/") || target.equals("*") && method.equals("OPTIONS")) {
            return new Addressed(target, host);
        }
        boolean http = target.regionMatches(true, 0, "http://", 0, 7);
        if (!http && !target.regionMatches(true, 0, "https://", 0, 8)) {
            throw bad("target", "the request target is neither a path nor an absolute URL");
        }
        int from = http ? 7 : 8;
        int pathStart = from;
        while (pathStart < target.length() && "/?".indexOf(target.charAt(pathStart)) < 0) {
            pathStart++;
        }
        String authority = target.substring(from, pathStart);
        checkAuthority(authority);
        String path = target.substring(pathStart);
        if (!authority.equals(host)) {
            headers.set("Host", authority);
        }
        return new Addressed(path.startsWith("/") ? path : "/" + path, authority);
    }

    private static void checkAuthority(String authority) throws MalformedException {
        if (!Authority.isValid(authority)) {
            throw bad("bad-host", "the host is no host[:port]");
        }
    }

    private static boolean startsWith(ByteBuf in, int start, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (in.getByte(start + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String ascii(ByteBuf in, int start, int end) {
        return in.toString(start, end - start, StandardCharsets.US_ASCII);
    }
}
