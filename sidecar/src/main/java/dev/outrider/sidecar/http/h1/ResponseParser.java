package dev.outrider.sidecar.http.h1;

import static dev.outrider.sidecar.http.h1.MalformedException.bad;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads response heads (RFC 9112, sections 4 and 6.3). One per connection. */
final class ResponseParser {
    /** Upstreams are ours: their heads may be larger than a client's. */
    static final H1Limits LIMITS =
            new H1Limits(
                    8 * 1024,
                    256 * 1024,
                    500,
                    Long.MAX_VALUE,
                    H1Limits.DEFAULTS.headTimeout(),
                    H1Limits.DEFAULTS.bodyTimeout(),
                    H1Limits.DEFAULTS.keepAlive());

    private final HeadParser heads = new HeadParser(LIMITS, false);
    private boolean keepAlive;
    private boolean untilClose;
    private int idleLimitSeconds;

    /** Whether the last head lets the connection live on. */
    boolean keepAlive() {
        return keepAlive;
    }

    /** Whether the body ends with the connection. */
    boolean untilClose() {
        return untilClose;
    }

    /** What {@code Keep-Alive: timeout=} promised, or 0. */
    int idleLimitSeconds() {
        return idleLimitSeconds;
    }

    /** The next head, with its bytes consumed, or null if it has not all come. */
    @Nullable ResponseHead parse(ByteBuf in, RequestHead request) throws MalformedException {
        int length = heads.find(in);
        if (length < 0) {
            return null;
        }
        int start = in.readerIndex();
        int lineEnd = HeadParser.lineEnd(in);
        boolean http10 = version(in, start, lineEnd);
        int status = status(in, start, lineEnd);
        Headers headers = new Headers(length, heads.mostFields());
        heads.fields(in, lineEnd + 2, start + length, headers);
        in.skipBytes(length);
        keepAlive = Framing.keepAlive(headers, http10);
        idleLimitSeconds = idleLimit(headers);
        Long framed = Framing.bodyLength(headers, http10);
        if (status == 101) {
            checkSwitch(headers, request);
        }
        Framing.removeHopByHop(headers);
        if (request.tunnels(status)) {
            headers.remove("content-length");
            untilClose = true;
            return new ResponseHead(status, headers, BodyLength.UNKNOWN);
        }
        if (status < 200 || status == 204) {
            // RFC 9110, section 8.6: there is none, and a client may wait for what it promises.
            headers.remove("content-length");
        }
        boolean toHead = request.method().equals("HEAD");
        return new ResponseHead(status, headers, bodyLength(status, framed, toHead));
    }

    /** Only what was asked for is switched to. */
    private static void checkSwitch(Headers headers, RequestHead request)
            throws MalformedException {
        String asked = request.upgrade();
        if (asked == null || !asked.equalsIgnoreCase(headers.get("upgrade"))) {
            throw bad("unasked-upgrade", "101 switches to what the request did not ask for");
        }
    }

    private long bodyLength(int status, @Nullable Long framed, boolean toHead) {
        boolean none = toHead || status < 200 || status == 204 || status == 304;
        untilClose = !none && framed == null;
        if (none) {
            return BodyLength.NONE;
        }
        if (framed == null) {
            keepAlive = false;
            return BodyLength.UNKNOWN;
        }
        return framed;
    }

    private static boolean version(ByteBuf in, int start, int end) throws MalformedException {
        if (end - start < 12
                || in.getByte(start) != 'H'
                || in.getByte(start + 1) != 'T'
                || in.getByte(start + 2) != 'T'
                || in.getByte(start + 3) != 'P'
                || in.getByte(start + 4) != '/'
                || in.getByte(start + 5) != '1'
                || in.getByte(start + 6) != '.'
                || in.getByte(start + 7) < '0'
                || in.getByte(start + 7) > '9'
                || in.getByte(start + 8) != ' ') {
            throw bad("status-line", "the answer does not start with HTTP/1.1");
        }
        return in.getByte(start + 7) == '0';
    }

    private static int status(ByteBuf in, int start, int end) throws MalformedException {
        int status = 0;
        for (int i = start + 9; i < start + 12; i++) {
            int digit = in.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                throw bad("status-line", "the status is no number");
            }
            status = status * 10 + digit;
        }
        if (status < 100 || status > 599 || end > start + 12 && in.getByte(start + 12) != ' ') {
            throw bad("status-line", "the status is not from 100 to 599");
        }
        phrase(in, start + 12, end);
        return status;
    }

    /** It goes no further, yet what breaks it (RFC 9112, section 4) is no answer. */
    private static void phrase(ByteBuf in, int start, int end) throws MalformedException {
        for (int i = start; i < end; i++) {
            byte each = in.getByte(i);
            if (each >= 0 && each < ' ' && each != '\t' || each == 0x7f) {
                throw bad("status-line", "a control character stands in the reason phrase");
            }
        }
    }

    private static int idleLimit(Headers headers) {
        String value = headers.get("keep-alive");
        int at = value == null ? -1 : value.indexOf("timeout=");
        if (value == null || at < 0) {
            return 0;
        }
        int seconds = 0;
        for (int i = at + 8; i < value.length() && i < at + 8 + 6; i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                break;
            }
            seconds = seconds * 10 + (c - '0');
        }
        return seconds;
    }
}
