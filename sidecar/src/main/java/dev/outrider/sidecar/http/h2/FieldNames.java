package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.Headers;
import io.netty.util.AsciiString;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of field names: their spelling on the wire, and which need care. */
final class FieldNames {
    /** How a regular field is treated; {@link #END_TO_END} are nearly all. */
    enum Kind {
        END_TO_END,
        /** RFC 9113, section 8.2.2: never in HTTP/2. */
        CONNECTION,
        TE,
        COOKIE,
        HOST
    }

    private static final List<String> CONNECTION =
            List.of(
                    "connection",
                    "proxy-connection",
                    "keep-alive",
                    "transfer-encoding",
                    "upgrade",
                    "http2-settings");

    /**
     * Never put into HPACK's table: secrets, which must not be guessed by what compresses well (RFC
     * 7541, section 7.1.3), and values that never come again and would only drive others out. A
     * sidecar's own token is none of these: its signature cannot be guessed, and a guess finds
     * whole values only (section 7.1), but it comes with every request and is large.
     */
    private static final Set<AsciiString> UNINDEXED =
            Set.copyOf(
                    names(
                            "authorization",
                            "proxy-authorization",
                            "cookie",
                            "set-cookie",
                            "traceparent",
                            "x-request-id",
                            "x-b3-traceid",
                            "x-b3-spanid",
                            "x-b3-parentspanid",
                            "b3",
                            "content-length",
                            "etag",
                            "outrider-timeout-ms",
                            "grpc-timeout"));

    /** Where HPACK's static table has names (RFC 7541, appendix A); the first of each. */
    private static final List<String> STATIC =
            List.of(
                    ":authority",
                    ":method",
                    ":method",
                    ":path",
                    ":path",
                    ":scheme",
                    ":scheme",
                    ":status",
                    ":status",
                    ":status",
                    ":status",
                    ":status",
                    ":status",
                    ":status",
                    "accept-charset",
                    "accept-encoding",
                    "accept-language",
                    "accept-ranges",
                    "accept",
                    "access-control-allow-origin",
                    "age",
                    "allow",
                    "authorization",
                    "cache-control",
                    "content-disposition",
                    "content-encoding",
                    "content-language",
                    "content-length",
                    "content-location",
                    "content-range",
                    "content-type",
                    "cookie",
                    "date",
                    "etag",
                    "expect",
                    "expires",
                    "from",
                    "host",
                    "if-match",
                    "if-modified-since",
                    "if-none-match",
                    "if-range",
                    "if-unmodified-since",
                    "last-modified",
                    "link",
                    "location",
                    "max-forwards",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "range",
                    "referer",
                    "refresh",
                    "retry-after",
                    "server",
                    "set-cookie",
                    "strict-transport-security",
                    "transfer-encoding",
                    "user-agent",
                    "vary",
                    "via",
                    "www-authenticate");

    /** Further names that are often met in a mesh. */
    private static final List<String> OFTEN =
            List.of(
                    "b3",
                    "forwarded",
                    "grpc-accept-encoding",
                    "grpc-encoding",
                    "grpc-message",
                    "grpc-status",
                    "grpc-status-details-bin",
                    "grpc-timeout",
                    "idempotency-key",
                    "origin",
                    "outrider-protocol",
                    "outrider-timeout-ms",
                    "outrider-unsent",
                    "proxy-status",
                    "te",
                    "traceparent",
                    "tracestate",
                    "trailer",
                    "workload-identity-token",
                    "x-b3-flags",
                    "x-b3-parentspanid",
                    "x-b3-sampled",
                    "x-b3-spanid",
                    "x-b3-traceid",
                    "x-forwarded-client-cert",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-proto",
                    "x-request-id");

    static final Entry METHOD = entry(":method");
    static final Entry SCHEME = entry(":scheme");
    static final Entry AUTHORITY = entry(":authority");
    static final Entry PATH = entry(":path");
    static final Entry PROTOCOL = entry(":protocol");
    static final Entry STATUS = entry(":status");

    private static final int TABLE = 512;
    private static final @Nullable Entry[] ENTRIES = new Entry[TABLE];

    static {
        Set<String> known = new HashSet<>(STATIC);
        known.removeIf(each -> each.startsWith(":"));
        known.addAll(CONNECTION);
        known.addAll(OFTEN);
        known.forEach(each -> enter(entry(each)));
    }

    private FieldNames() {}

    /**
     * A known name.
     *
     * @param bytes of the name, all of the array; not to be changed
     * @param hash of the text
     * @param indexed whether it may go into HPACK's table
     * @param staticIndex where HPACK's static table has the name, or 0
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Entry(
            AsciiString wire,
            byte[] bytes,
            String text,
            int hash,
            Kind kind,
            boolean indexed,
            int staticIndex) {}

    private static Entry entry(String text) {
        AsciiString wire = AsciiString.cached(text);
        return new Entry(
                wire,
                wire.toByteArray(),
                text,
                text.hashCode(),
                kindOf(text),
                !UNINDEXED.contains(wire),
                STATIC.indexOf(text) + 1);
    }

    /** Where HPACK's static table has a whole pseudo-header field, or 0. */
    static int staticIndex(Entry name, String value) {
        return switch (name.staticIndex) {
            case 2 -> value.equals("GET") ? 2 : value.equals("POST") ? 3 : 0;
            case 4 -> value.equals("/") ? 4 : 0;
            case 6 -> value.equals("http") ? 6 : value.equals("https") ? 7 : 0;
            case 8 -> staticStatus(value);
            default -> 0;
        };
    }

    private static int staticStatus(String status) {
        return switch (status) {
            case "200" -> 8;
            case "204" -> 9;
            case "206" -> 10;
            case "304" -> 11;
            case "400" -> 12;
            case "404" -> 13;
            case "500" -> 14;
            default -> 0;
        };
    }

    private static Set<AsciiString> names(String... names) {
        Set<AsciiString> set = new HashSet<>();
        for (String name : names) {
            set.add(AsciiString.cached(name));
        }
        return set;
    }

    private static Kind kindOf(String name) {
        return switch (name) {
            case "te" -> Kind.TE;
            case "cookie" -> Kind.COOKIE;
            case "host" -> Kind.HOST;
            default -> CONNECTION.contains(name) ? Kind.CONNECTION : Kind.END_TO_END;
        };
    }

    private static void enter(Entry entry) {
        int at = entry.hash & TABLE - 1;
        while (ENTRIES[at] != null) {
            at = at + 1 & TABLE - 1;
        }
        ENTRIES[at] = entry;
    }

    /** The field's name if it is a known one. */
    static @Nullable Entry find(Headers headers, int index) {
        int hash = headers.nameHash(index);
        int at = hash & TABLE - 1;
        Entry entry = ENTRIES[at];
        while (entry != null && !(entry.hash == hash && headers.named(index, entry.text))) {
            at = at + 1 & TABLE - 1;
            entry = ENTRIES[at];
        }
        return entry;
    }

    /** How a field that came is treated; its name is in lower case. */
    static Kind kind(AsciiString name) {
        int hash = 0;
        byte[] bytes = name.array();
        int end = name.arrayOffset() + name.length();
        for (int i = name.arrayOffset(); i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        int at = hash & TABLE - 1;
        Entry entry = ENTRIES[at];
        while (entry != null && !(entry.hash == hash && entry.wire.equals(name))) {
            at = at + 1 & TABLE - 1;
            entry = ENTRIES[at];
        }
        return entry == null ? Kind.END_TO_END : entry.kind;
    }
}
