package dev.outrider.sidecar.http;

/**
 * A request's head, whichever protocol brought it. The codec has taken out the hop-by-hop fields
 * (Connection and what it names, Keep-Alive, Transfer-Encoding, …) and says the body's length in
 * {@link #bodyLength}; exactly one {@code Host} field is among the headers and equals {@link
 * #authority}. Filters may change it until the forwarder sends it.
 */
public final class RequestHead {
    private final String method;
    private String target;
    private String authority;
    private final Headers headers;
    private final long bodyLength;

    public RequestHead(
            String method, String target, String authority, Headers headers, long bodyLength) {
        this.method = method;
        this.target = target;
        this.authority = authority;
        this.headers = headers;
        this.bodyLength = bodyLength;
    }

    public String method() {
        return method;
    }

    /** Path and query as they came, or {@code *}. */
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

    /**
     * A copy with headers of its own: each attempt sends one, so a retry starts from the original.
     */
    public RequestHead copy() {
        return new RequestHead(method, target, authority, headers.copy(), bodyLength);
    }

    @Override
    public String toString() {
        return method + " " + authority + target;
    }
}
