package dev.outrider.sidecar.listen;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What a connection's first bytes show it to speak. Pure; reads without taking. */
enum FirstBytes {
    /** Too few to tell. */
    MORE,
    /** A TLS client begins. */
    TLS,
    HTTP1,
    HTTP2,
    /** A whole line that no client of HTTP writes, on a port of HTTP. */
    NO_HTTP,
    /** None of these. */
    OTHER;

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_METHOD = 32;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    private enum Match {
        YES,
        NO,
        MORE
    }

    /**
     * Judges by what the port is known for.
     *
     * @param tls whether the connection may begin with TLS although the port says otherwise
     */
    static FirstBytes of(AppProtocol expected, boolean tls, ByteBuf in) {
        return switch (expected) {
            case AUTO -> first(clientHello(in), preface(in), requestLine(in), OTHER);
            case HTTP -> first(tls ? clientHello(in) : Match.NO, preface(in), Match.NO, http1(in));
            case HTTP2, GRPC -> first(tls ? clientHello(in) : Match.NO, Match.NO, Match.NO, HTTP2);
            case TCP -> first(tls ? clientHello(in) : Match.NO, Match.NO, Match.NO, OTHER);
            case TLS -> first(clientHello(in), Match.NO, Match.NO, OTHER);
        };
    }

    private static FirstBytes first(Match tls, Match http2, Match http1, FirstBytes otherwise) {
        if (tls == Match.YES) {
            return TLS;
        }
        if (http2 == Match.YES) {
            return HTTP2;
        }
        if (http1 == Match.YES) {
            return HTTP1;
        }
        boolean open = tls == Match.MORE || http2 == Match.MORE || http1 == Match.MORE;
        return open ? MORE : otherwise;
    }

    /** A handshake record of TLS 1.x with a ClientHello in it (RFC 8446, sections 4 and 5.1). */
    private static Match clientHello(ByteBuf in) {
        int at = in.readerIndex();
        int length = in.readableBytes();
        boolean possible =
                (length < 1 || in.getByte(at) == 22)
                        && (length < 2 || in.getByte(at + 1) == 3)
                        && (length < 3 || in.getUnsignedByte(at + 2) <= 4)
                        && (length < 6 || in.getByte(at + 5) == 1);
        return !possible ? Match.NO : length < 6 ? Match.MORE : Match.YES;
    }

    /** RFC 9113, section 3.4. */
    private static Match preface(ByteBuf in) {
        int length = Math.min(in.readableBytes(), PREFACE.length);
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                return Match.NO;
            }
        }
        return length == PREFACE.length ? Match.YES : Match.MORE;
    }

    /**
     * On a port of HTTP its parser gets what comes, since it can say what is wrong. Not so what has
     * neither a method of HTTP nor a version: that may be a bad preface of HTTP/2, which ends the
     * connection (RFC 9113, section 3.4), or another protocol, and neither could read the answer.
     */
    private static FirstBytes http1(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.writerIndex();
        int space = tokenEnd(in);
        if (space - start > LONGEST_METHOD) {
            return HTTP1;
        }
        if (space == end) {
            return MORE;
        }
        if (space == start || in.getByte(space) != ' ' || isMethod(in, start, space)) {
            return HTTP1;
        }
        int limit = Math.min(end, start + LONGEST_LINE);
        int line = in.indexOf(space, limit, (byte) '\n');
        if (line < 0) {
            return end - start < LONGEST_LINE ? MORE : HTTP1;
        }
        String rest = in.toString(space, line - space, StandardCharsets.ISO_8859_1);
        return rest.contains(" HTTP/") ? HTTP1 : NO_HTTP;
    }

    /**
     * A known method with a path, or any whole line that ends with the version. Nothing less will
     * do: {@code GET key} is a command of Redis, {@code OPTIONS rtsp://} one of RTSP.
     */
    private static Match requestLine(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.writerIndex();
        int space = tokenEnd(in);
        if (space - start > LONGEST_METHOD) {
            return Match.NO;
        }
        if (space == end) {
            return Match.MORE;
        }
        if (space == start || in.getByte(space) != ' ') {
            return Match.NO;
        }
        if (space + 1 < end && in.getByte(space + 1) == '/' && isMethod(in, start, space)) {
            return Match.YES;
        }
        return versionAtEnd(in, start, space + 1, end);
    }

    /** Where a first word ends that may be a method; one byte beyond the longest at most. */
    private static int tokenEnd(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.writerIndex();
        int at = start;
        while (at < end && at - start <= LONGEST_METHOD && isToken(in.getByte(at))) {
            at++;
        }
        return at;
    }

    private static boolean isMethod(ByteBuf in, int start, int end) {
        return METHODS.contains(in.toString(start, end - start, StandardCharsets.US_ASCII));
    }

    private static Match versionAtEnd(ByteBuf in, int start, int target, int end) {
        // What is longer is judged without its end, whether that came along or not.
        for (int i = target; i < Math.min(end, start + LONGEST_LINE); i++) {
            byte each = in.getByte(i);
            if (each == '\n') {
                String rest = in.toString(target, i - target, StandardCharsets.ISO_8859_1);
                return rest.matches("\\S+ HTTP/1\\.[0-9]\r?") ? Match.YES : Match.NO;
            }
            if (each >= 0 && each < ' ' && each != '\r') {
                return Match.NO;
            }
        }
        return end - start < LONGEST_LINE ? Match.MORE : Match.NO;
    }

    /** RFC 9110, section 5.6.2. */
    private static boolean isToken(byte each) {
        return each >= 'a' && each <= 'z'
                || each >= 'A' && each <= 'Z'
                || each >= '0' && each <= '9'
                || each > ' ' && "!#$%&'*+-.^_`|~".indexOf(each) >= 0;
    }
}
