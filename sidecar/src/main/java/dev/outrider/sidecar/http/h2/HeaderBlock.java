package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What goes out as one header block. It carries the fields of a head as they are, to be written by
 * {@link HeaderEncoder}, which may be later: a head must not change while it waits to go out.
 * Netty's map of headers stays empty.
 */
final class HeaderBlock extends DefaultHttp2Headers {
    private static final int TABLE_SIZE = 2;
    private static final int SWITCHING = 101;
    private static final AsciiString[] STATUSES = statuses();

    private Headers fields = Headers.EMPTY;
    private @Nullable RequestHead request;
    private @Nullable String scheme;
    private @Nullable AsciiString status;

    HeaderBlock() {
        super(false, false, TABLE_SIZE);
    }

    HeaderBlock response(ResponseHead head) {
        int number = head.status() == SWITCHING ? 200 : head.status();
        fields = head.headers();
        status = STATUSES[number - 100];
        return this;
    }

    HeaderBlock request(RequestHead head, String scheme) {
        fields = head.headers();
        request = head;
        this.scheme = scheme;
        return this;
    }

    HeaderBlock trailers(Headers trailers) {
        fields = trailers;
        return this;
    }

    /** It is written, and may be the next one. */
    void written() {
        fields = Headers.EMPTY;
        request = null;
        scheme = null;
        status = null;
    }

    Headers fields() {
        return fields;
    }

    /** The fields that begin with a colon, in the order in which they go out. */
    void pseudo(PseudoFields to) {
        RequestHead head = request;
        if (status != null) {
            to.field(FieldNames.STATUS, status.toString());
        }
        if (head == null) {
            return;
        }
        String upgrade = head.upgrade();
        to.field(FieldNames.METHOD, upgrade == null ? head.method() : "CONNECT");
        if (upgrade != null || !head.method().equals("CONNECT")) {
            to.field(FieldNames.SCHEME, String.valueOf(scheme));
            to.field(FieldNames.PATH, head.target());
        }
        to.field(FieldNames.AUTHORITY, head.authority());
        if (upgrade != null) {
            to.field(FieldNames.PROTOCOL, upgrade);
        }
    }

    /** Takes pseudo-header fields one by one. */
    interface PseudoFields {
        void field(FieldNames.Entry name, String value);
    }

    /**
     * Whether a field goes over HTTP/2: what concerns one connection of HTTP/1 does not, and a
     * request says its host in a pseudo-header field.
     */
    boolean goes(FieldNames.Kind kind, int index) {
        return switch (kind) {
            case END_TO_END, COOKIE -> true;
            case CONNECTION -> false;
            case TE -> fields.value(index).equalsIgnoreCase("trailers");
            case HOST -> status != null;
        };
    }

    /** Netty's encoder tells an informational response from the final one by it. */
    @Override
    public @Nullable AsciiString status() {
        return status;
    }

    private static AsciiString[] statuses() {
        AsciiString[] statuses = new AsciiString[500];
        for (int i = 0; i < statuses.length; i++) {
            statuses[i] = AsciiString.cached(Integer.toString(100 + i));
        }
        return statuses;
    }
}
