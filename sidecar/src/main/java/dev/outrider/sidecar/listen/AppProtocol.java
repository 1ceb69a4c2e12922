package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/** What is spoken on a port, as far as it is known before the first byte. */
public enum AppProtocol {
    /** HTTP/1 or HTTP/2; the first bytes tell which. */
    HTTP,
    HTTP2,
    /** HTTP/2 that carries gRPC. */
    GRPC,
    /** Bytes that are passed through unread. */
    TCP,
    /** TLS of the app itself: passed through unread but for the name in its first message. */
    TLS,
    /** Unknown; the first bytes tell. */
    AUTO;

    static final Schema<AppProtocol> SCHEMA = Schemas.oneOf(AppProtocol.class);

    boolean http() {
        return switch (this) {
            case HTTP, HTTP2, GRPC -> true;
            case TCP, TLS, AUTO -> false;
        };
    }
}
