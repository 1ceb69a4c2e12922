package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes header blocks of heads. Names go out in lower case, and what concerns one connection of
 * HTTP/1 does not go out at all. HPACK's table keeps what it is given, so values are copies.
 */
final class HeaderBlocks {
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString[] STATUSES = statuses();
    private static final int SWITCHING = 101;

    private HeaderBlocks() {}

    static Http2Headers response(ResponseHead head) {
        int status = head.status() == SWITCHING ? 200 : head.status();
        return ReadOnlyHttp2Headers.serverHeaders(
                false, STATUSES[status - 100], fields(head.headers(), 0, false));
    }

    static Http2Headers trailers(Headers trailers) {
        return ReadOnlyHttp2Headers.trailers(false, fields(trailers, 0, true));
    }

    static Http2Headers request(RequestHead head, AsciiString scheme) {
        String upgrade = head.upgrade();
        AsciiString authority = new AsciiString(head.authority());
        if (upgrade == null && head.method().equals("CONNECT")) {
            AsciiString[] block = fields(head.headers(), 4, true);
            pseudo(block, 0, PseudoHeaderName.METHOD, CONNECT);
            pseudo(block, 2, PseudoHeaderName.AUTHORITY, authority);
            return ReadOnlyHttp2Headers.trailers(false, block);
        }
        AsciiString[] block = fields(head.headers(), upgrade == null ? 8 : 10, true);
        AsciiString method = upgrade == null ? new AsciiString(head.method()) : CONNECT;
        pseudo(block, 0, PseudoHeaderName.METHOD, method);
        pseudo(block, 2, PseudoHeaderName.SCHEME, scheme);
        pseudo(block, 4, PseudoHeaderName.AUTHORITY, authority);
        pseudo(block, 6, PseudoHeaderName.PATH, new AsciiString(head.target()));
        if (upgrade != null) {
            pseudo(block, 8, PseudoHeaderName.PROTOCOL, new AsciiString(upgrade));
        }
        return ReadOnlyHttp2Headers.trailers(false, block);
    }

    private static void pseudo(
            AsciiString[] block, int at, PseudoHeaderName name, AsciiString value) {
        block[at] = name.value();
        block[at + 1] = value;
    }

    /** Pairs of name and value behind {@code room} for pseudo-header fields. */
    private static AsciiString[] fields(Headers headers, int room, boolean request) {
        AsciiString[] block = new AsciiString[room + headers.size() * 2];
        int at = room;
        for (int i = 0; i < headers.size(); i++) {
            FieldNames.@Nullable Entry known = FieldNames.find(headers, i);
            AsciiString value = new AsciiString(headers.valueBytes(i), false);
            if (known != null && !goes(known.kind(), value, request)) {
                continue;
            }
            block[at] = known == null ? new AsciiString(headers.lowerName(i), false) : known.wire();
            block[at + 1] = value;
            at += 2;
        }
        return at == block.length ? block : Arrays.copyOf(block, at);
    }

    private static boolean goes(FieldNames.Kind kind, AsciiString value, boolean request) {
        return switch (kind) {
            case END_TO_END, COOKIE -> true;
            case CONNECTION -> false;
            case TE -> value.contentEqualsIgnoreCase(TRAILERS);
            case HOST -> !request;
        };
    }

    private static AsciiString[] statuses() {
        AsciiString[] statuses = new AsciiString[500];
        for (int i = 0; i < statuses.length; i++) {
            statuses[i] = AsciiString.cached(Integer.toString(100 + i));
        }
        return statuses;
    }
}
