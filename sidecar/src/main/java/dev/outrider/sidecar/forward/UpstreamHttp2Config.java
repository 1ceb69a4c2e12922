package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * What a service's endpoints may send over HTTP/2: the keys of {@link H2Limits} that mean something
 * to a client, under the same names. There is none for the connection's window, which always has
 * room for every stream: callers share a connection, and one that does not read must not stop the
 * others.
 */
public record UpstreamHttp2Config(
        int streams,
        long streamWindow,
        long head,
        int fields,
        Duration pingAfter,
        Duration pingTimeout) {
    private static final H2Limits BASE = H2Limits.DEFAULTS;
    private static final long MOST_WINDOW = 256 << 20;

    public static final UpstreamHttp2Config DEFAULTS =
            new UpstreamHttp2Config(
                    BASE.streams(),
                    BASE.streamWindow(),
                    BASE.head(),
                    BASE.fields(),
                    BASE.pingAfter(),
                    BASE.pingTimeout());

    public static final Schema<UpstreamHttp2Config> SCHEMA =
            Schema.record(
                    "UpstreamHttp2Config",
                    "What a service's endpoints may send over HTTP/2.",
                    f ->
                            new UpstreamHttp2Config(
                                    f.optional(
                                            "streams",
                                            Schemas.integer(1, 10_000),
                                            DEFAULTS.streams,
                                            "requests at once on one connection, unless the"
                                                    + " endpoint allows fewer"),
                                    f.optional(
                                            "streamWindow",
                                            Schemas.size(),
                                            DEFAULTS.streamWindow,
                                            "body bytes of one response that may be under way or"
                                                    + " wait; over a long way, its bandwidth times"
                                                    + " its round trip"),
                                    f.optional(
                                            "head",
                                            Schemas.size(),
                                            DEFAULTS.head,
                                            "headers of a response together, each counted with 32"
                                                    + " bytes more"),
                                    f.optional(
                                            "fields",
                                            Schemas.integer(1, 10_000),
                                            DEFAULTS.fields,
                                            "most header fields of a response"),
                                    f.optional(
                                            "pingAfter",
                                            Schemas.duration(),
                                            DEFAULTS.pingAfter,
                                            "silence of an endpoint with open requests before a"
                                                    + " PING"),
                                    f.optional(
                                            "pingTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.pingTimeout,
                                            "longest wait for a PING's answer; then the connection"
                                                    + " is given up")));

    public UpstreamHttp2Config {
        if (streams * streamWindow > MOST_WINDOW) {
            throw new IllegalArgumentException("streams times streamWindow must be at most 256MiB");
        }
        BASE.ofUpstream(streams, streamWindow, head, fields, pingAfter, pingTimeout);
    }

    H2Limits limits() {
        return BASE.ofUpstream(streams, streamWindow, head, fields, pingAfter, pingTimeout);
    }
}
