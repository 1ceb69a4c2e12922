package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.UntouchedStream;
import java.net.InetSocketAddress;

/** Requests to put before tables and filters, which never touch the stream. */
final class Heads {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("203.0.113.7", 40000);

    private Heads() {}

    static RequestHead head(String method, String host, String target, String... fields) {
        Headers headers = new Headers();
        headers.add("Host", host);
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return new RequestHead(method, target, host, headers, BodyLength.NONE);
    }

    static Exchange exchange(RequestHead head) {
        return exchange(head, false);
    }

    static Exchange exchange(RequestHead head, boolean tls) {
        Peer peer = new Peer(ADDRESS, tls, null, null, null);
        return new Exchange(Direction.EDGE, peer, head, new UntouchedStream(), 0);
    }

    static ResponseHead response(int status, String... fields) {
        Headers headers = new Headers();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return new ResponseHead(status, headers, BodyLength.NONE);
    }
}
