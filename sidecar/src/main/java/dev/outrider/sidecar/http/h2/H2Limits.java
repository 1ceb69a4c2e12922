package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * What a peer may send over HTTP/2, how slowly, and how long a connection lives.
 *
 * <p>100 streams is the least that RFC 9113, section 6.5.2, recommends: enough that requests hardly
 * ever wait, and with the stream window it bounds what one connection can make us hold. The
 * connection window is shared by bodies that nobody takes: 16 of the defaults stall the others.
 */
public record H2Limits(
        int streams,
        long streamWindow,
        long connectionWindow,
        long headerTable,
        long head,
        int fields,
        long body,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration streamIdle,
        Duration keepAlive,
        Duration pingAfter,
        Duration pingTimeout,
        Duration maxAge,
        Duration drainGrace,
        FloodLimits floods) {

    public static final H2Limits DEFAULTS =
            new H2Limits(
                    100,
                    64 * 1024,
                    1024 * 1024,
                    4 * 1024,
                    32 * 1024,
                    100,
                    1L << 40,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofHours(1),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(10),
                    Duration.ofHours(1),
                    Duration.ofMinutes(10),
                    FloodLimits.DEFAULTS);

    public static final Schema<H2Limits> SCHEMA =
            Schema.record(
                    "Http2Limits",
                    "What a peer may send over HTTP/2, how slowly, and how long a connection"
                            + " lives.",
                    f ->
                            new H2Limits(
                                    f.optional(
                                            "streams",
                                            Schemas.integer(1, 10_000),
                                            DEFAULTS.streams,
                                            "requests that may be open at once on one connection"),
                                    f.optional(
                                            "streamWindow",
                                            Schemas.size(),
                                            DEFAULTS.streamWindow,
                                            "body bytes that may wait for one request"),
                                    f.optional(
                                            "connectionWindow",
                                            Schemas.size(),
                                            DEFAULTS.connectionWindow,
                                            "body bytes that may wait for all of them together"),
                                    f.optional(
                                            "headerTable",
                                            Schemas.size(),
                                            DEFAULTS.headerTable,
                                            "HPACK's table for the headers that come"),
                                    f.optional(
                                            "head",
                                            Schemas.size(),
                                            DEFAULTS.head,
                                            "headers together, each counted with 32 bytes more;"
                                                    + " more gets 431"),
                                    f.optional(
                                            "fields",
                                            Schemas.integer(1, 10_000),
                                            DEFAULTS.fields,
                                            "most header fields; more gets 431"),
                                    f.optional(
                                            "body",
                                            Schemas.size(),
                                            DEFAULTS.body,
                                            "longest request body; more gets 413"),
                                    f.optional(
                                            "headTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.headTimeout,
                                            "for the connection's preface, and for a head from its"
                                                    + " first frame to its last"),
                                    f.optional(
                                            "bodyTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.bodyTimeout,
                                            "longest silence within a body of known length, and"
                                                    + " longest time a client may take no byte"),
                                    f.optional(
                                            "streamIdle",
                                            Schemas.duration(),
                                            DEFAULTS.streamIdle,
                                            "longest silence, both ways, of a request whose body"
                                                    + " has no stated length, as in gRPC"),
                                    f.optional(
                                            "keepAlive",
                                            Schemas.duration(),
                                            DEFAULTS.keepAlive,
                                            "how long a connection may have no request"),
                                    f.optional(
                                            "pingAfter",
                                            Schemas.duration(),
                                            DEFAULTS.pingAfter,
                                            "silence of a peer with open requests before a PING"),
                                    f.optional(
                                            "pingTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.pingTimeout,
                                            "longest wait for a PING's answer"),
                                    f.optional(
                                            "maxAge",
                                            Schemas.duration(),
                                            DEFAULTS.maxAge,
                                            "a connection older than this, give or take 10 %, is"
                                                    + " drained, so that load spreads anew"),
                                    f.optional(
                                            "drainGrace",
                                            Schemas.duration(),
                                            DEFAULTS.drainGrace,
                                            "how long requests of a drained connection may go on"),
                                    f.optional(
                                            "floods",
                                            FloodLimits.SCHEMA,
                                            DEFAULTS.floods,
                                            "frames that cost their sender nothing")));

    /** For a client, with room for every stream to be held at once; the rest as here. */
    public H2Limits ofUpstream(
            int streams,
            long streamWindow,
            long head,
            int fields,
            Duration pingAfter,
            Duration pingTimeout) {
        return new H2Limits(
                streams,
                streamWindow,
                Math.max(64 * 1024, streams * streamWindow),
                headerTable,
                head,
                fields,
                body,
                headTimeout,
                bodyTimeout,
                streamIdle,
                keepAlive,
                pingAfter,
                pingTimeout,
                maxAge,
                drainGrace,
                floods);
    }

    public H2Limits {
        if (streamWindow < 16 * 1024 || streamWindow > 16 << 20) {
            throw new IllegalArgumentException("streamWindow must be from 16KiB to 16MiB");
        }
        if (connectionWindow < 64 * 1024 || connectionWindow > 256 << 20) {
            throw new IllegalArgumentException("connectionWindow must be from 64KiB to 256MiB");
        }
        if (connectionWindow < streamWindow) {
            throw new IllegalArgumentException("connectionWindow must be at least streamWindow");
        }
        if (headerTable > 64 * 1024) {
            throw new IllegalArgumentException("headerTable must be at most 64KiB");
        }
        if (head < 1024 || head > 1 << 20) {
            throw new IllegalArgumentException("head must be from 1KiB to 1MiB");
        }
        if (headTimeout.isZero()
                || bodyTimeout.isZero()
                || streamIdle.isZero()
                || keepAlive.isZero()
                || pingAfter.isZero()
                || pingTimeout.isZero()
                || maxAge.isZero()) {
            throw new IllegalArgumentException("timeouts must be longer than 0s");
        }
    }
}
