package dev.outrider.sidecar.http;

/** How long a body is, as its head says: a number of bytes from 0, or {@link #UNKNOWN}. */
public final class BodyLength {
    /** Known only when the body ends: chunked in HTTP/1.1, no content-length in HTTP/2. */
    public static final long UNKNOWN = -1;

    public static final long NONE = 0;

    private BodyLength() {}
}
