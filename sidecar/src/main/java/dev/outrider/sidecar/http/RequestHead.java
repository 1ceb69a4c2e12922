package dev.outrider.sidecar.http;

import org.jspecify.annotations.Nullable;

/**
 * A request's head, whichever protocol brought it. The codec has taken out the hop-by-hop fields
 * (Connection and what it names, Keep-Alive, Transfer-Encoding, …) and says the body's length in
 * {@link #bodyLength}; exactly one {@code Host} field is among the headers and equals {@link
 * #authority}. Filters may change it until the forwarder sends it, which sets fields of its own.
 */
public final class RequestHead {
    private final String method;
    private String target;
    private String authority;
    private final Headers headers;
    private long bodyLength;
    private final HttpVersion version;
    private @Nullable String upgrade;

    /** A plain request of HTTP/1.1. */
    public RequestHead(
            String method, String target, String authority, Headers headers, long bodyLength) {
        this(method, target, authority, headers, bodyLength, HttpVersion.HTTP_1_1, null);
    }

    public RequestHead(
            String method,
            String target,
            String authority,
            Headers headers,
            long bodyLength,
            HttpVersion version,
            @Nullable String upgrade) {
        this.method = method;
        this.target = target;
        this.authority = authority;
        this.headers = headers;
        this.bodyLength = bodyLength;
        this.version = version;
        this.upgrade = upgrade;
    }

    public String method() {
        return method;
    }

    /** Path and query as they came, or {@code *}; for CONNECT the authority. */
    public String target() {
        return target;
    }

    public void target(String target) {
        this.target = target;
    }

    /** The target without its query. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Host and port as the client named them, without user information. */
    public String authority() {
        return authority;
    }

    /** Replaces the authority and the {@code Host} field together. */
    public void authority(String authority) {
        this.authority = authority;
        headers.set("Host", authority);
    }

    public Headers headers() {
        return headers;
    }

    /** Bytes of the body, or {@link BodyLength#UNKNOWN}. */
    public long bodyLength() {
        return bodyLength;
    }

    /** The body that is sent on will have another length than came; the field goes with it. */
    public void bodyOfUnknownLength() {
        bodyLength = BodyLength.UNKNOWN;
        headers.remove("content-length");
    }

    /** The protocol that brought it. */
    public HttpVersion version() {
        return version;
    }

    /**
     * The protocol the client wants to go on with, in lower case, or null: HTTP/1.1's Upgrade (RFC
     * 9110, section 7.8), or an extended CONNECT of HTTP/2 (RFC 8441), which reads here as a GET. A
     * response of 101 accepts it: from then on both bodies are the raw bytes of that protocol, of
     * {@link BodyLength#UNKNOWN}. Any other response is an ordinary one.
     */
    public @Nullable String upgrade() {
        return upgrade;
    }

    /** Makes it an ordinary request, as a server may (RFC 9110, section 7.8). */
    public void ignoreUpgrade() {
        upgrade = null;
    }

    /** Whether its sender would like both bodies to become raw bytes. */
    public boolean asksTunnel() {
        return upgrade != null || method.equals("CONNECT");
    }

    /** Whether a response of that status makes both bodies raw bytes. */
    public boolean tunnels(int status) {
        return status == 101
                ? upgrade != null
                : status >= 200 && status < 300 && method.equals("CONNECT");
    }

    /** A copy with headers of its own. */
    public RequestHead copy() {
        return new RequestHead(
                method, target, authority, headers.copy(), bodyLength, version, upgrade);
    }

    @Override
    public String toString() {
        return method + " " + authority + target;
    }
}
