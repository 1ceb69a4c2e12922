package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Grpc;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.tls.Alpn;

/** The kind of connection that carries a request; a member has a pool of each. */
enum ConnectionKind {
    HTTP_1(Alpn.HTTP_1),
    HTTP_2(Alpn.HTTP_2);

    /**
     * Names the protocol in which the first sidecar got a request that goes between sidecars over
     * another one, so that the last sidecar can give it to the app as it was.
     */
    static final String ORIGINAL = "outrider-protocol";

    private final Alpn alpn;

    ConnectionKind(Alpn alpn) {
        this.alpn = alpn;
    }

    Alpn alpn() {
        return alpn;
    }

    static ConnectionKind of(ServiceConfig service, RequestHead head) {
        return switch (service.call().protocol()) {
            case HTTP1 -> HTTP_1;
            case HTTP2 -> HTTP_2;
            case AUTO -> cameAsHttp2(head) && taken(service, head) ? HTTP_2 : HTTP_1;
        };
    }

    /** TLS finds out whether the server can; without it only what speaks gRPC surely does. */
    private static boolean taken(ServiceConfig service, RequestHead head) {
        return service.mtls() || Grpc.is(head);
    }

    /** An upgrade needs a connection of its own, which HTTP/1.1 gives it everywhere. */
    private static boolean cameAsHttp2(RequestHead head) {
        return head.version() == HttpVersion.HTTP_2
                && head.upgrade() == null
                && !HttpVersion.HTTP_1_1.alpn().equals(head.headers().get(ORIGINAL));
    }
}
