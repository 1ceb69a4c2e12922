package dev.outrider.sidecar.http.h1;

import static dev.outrider.sidecar.http.h1.MalformedException.bad;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a message's body ends (RFC 9112, section 6), and which fields concern this connection only
 * (RFC 9110, section 7.6.1). Everything that has been used to smuggle a request past one of two
 * parsers is an error here.
 */
final class Framing {
    /**
     * Between two sidecars, inside TLS: {@code chunked} if the tunnel's bytes come in chunks, so
     * that each direction has an end of its own. TLS could say that with close_notify, but the
     * OpenSSL engine answers one with its own and sends nothing more.
     */
    static final String TUNNEL = "outrider-tunnel";

    private static final int LONGEST_NUMBER = 18;

    private Framing() {}

    /** The length the fields give a body, or null when they say nothing. */
    static @Nullable Long bodyLength(Headers headers, boolean http10) throws MalformedException {
        refuseSpelling(headers, "content-length");
        refuseSpelling(headers, "transfer-encoding");
        int lengths = headers.count("content-length");
        int codings = headers.count("transfer-encoding");
        if (codings > 0) {
            if (lengths > 0) {
                throw bad(
                        "length-and-coding", "Content-Length and Transfer-Encoding are both there");
            }
            if (http10) {
                throw bad("coding-in-1.0", "HTTP/1.0 has no Transfer-Encoding");
            }
            if (codings > 1) {
                throw bad("two-codings", "there are two Transfer-Encoding fields");
            }
            if (!"chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
                throw new MalformedException(
                        501, "unknown-coding", "the only Transfer-Encoding known is chunked");
            }
            return BodyLength.UNKNOWN;
        }
        if (lengths == 0) {
            return null;
        }
        if (lengths > 1) {
            throw bad("two-lengths", "there are two Content-Length fields");
        }
        return number(headers.get("content-length"));
    }

    /** An app that reads {@code _} as {@code -} would see a framing that we do not. */
    private static void refuseSpelling(Headers headers, String name) throws MalformedException {
        if (headers.countSpellings(name) != headers.count(name)) {
            throw bad("odd-spelling", name + " is spelled with an underscore");
        }
    }

    private static long number(@Nullable String text) throws MalformedException {
        if (text == null || text.isEmpty() || text.length() > LONGEST_NUMBER) {
            throw bad("bad-length", "Content-Length is no number");
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw bad("bad-length", "Content-Length is no number");
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }

    /** Whether the connection may carry a further message after this one. */
    static boolean keepAlive(Headers headers, boolean http10) {
        if (!headers.contains("connection")) {
            return !http10;
        }
        if (headers.hasToken("connection", "close")) {
            return false;
        }
        return !http10 || headers.hasToken("connection", "keep-alive");
    }

    /**
     * The protocol an HTTP/1.1 client wants to go on with (RFC 9110, section 7.8), in lower case,
     * or null. Never HTTP/2: to carry that on would let requests past everything that reads them
     * here.
     */
    static @Nullable String upgrade(Headers headers) {
        String asked = headers.get("upgrade");
        if (asked == null
                || headers.count("upgrade") != 1
                || !headers.hasToken("connection", "upgrade")) {
            return null;
        }
        String protocol = asked.strip().toLowerCase(java.util.Locale.ROOT);
        boolean token = !protocol.isEmpty() && protocol.chars().allMatch(Framing::isProtocol);
        return token && !protocol.startsWith("h2") && !protocol.startsWith("http")
                ? protocol
                : null;
    }

    /** Whether the peer takes a tunnel's bytes in chunks; that concerns this hop only. */
    static boolean takeTunnelChunks(Headers headers) {
        boolean chunks = "chunked".equalsIgnoreCase(headers.get(TUNNEL));
        headers.remove(TUNNEL);
        return chunks;
    }

    private static boolean isProtocol(int c) {
        return c == '/' || Fields.isToken(c);
    }

    /** Takes out the fields of this hop; whoever writes the message onwards adds its own. */
    static void removeHopByHop(Headers headers) throws MalformedException {
        if (headers.contains("connection")) {
            List<String> values = headers.all("connection");
            headers.remove("connection");
            for (String value : values) {
                for (String named : value.split(",", -1)) {
                    removeNamed(headers, named.strip().toLowerCase(java.util.Locale.ROOT));
                }
            }
        }
        headers.remove("keep-alive");
        headers.remove("upgrade");
        headers.remove("transfer-encoding");
        headers.remove("proxy-connection");
        if (headers.contains("te")) {
            boolean trailers = headers.hasToken("te", "trailers");
            headers.remove("te");
            if (trailers) {
                headers.add("TE", "trailers");
            }
        }
    }

    /** Fields that a peer may not take away from whoever is behind us by naming them. */
    private static void removeNamed(Headers headers, String name) throws MalformedException {
        switch (name) {
            case "host", "content-length", "authorization", "cookie" ->
                    throw bad("connection-names-end-to-end", "Connection names " + name);
            default -> headers.remove(name);
        }
    }
}
