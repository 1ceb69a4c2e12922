package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Answers that send a client elsewhere. The location is always absolute: a relative one that begins
 * with two slashes would name a host.
 */
final class Location {
    private Location() {}

    /**
     * @param scheme null for the one it came by
     * @param host null for the one it asked for
     * @param port 0 for the scheme's own, or the one it asked for if nothing else is different
     */
    static Verdict answer(
            Exchange exchange,
            int status,
            @Nullable String scheme,
            @Nullable String host,
            int port,
            String target) {
        String came = exchange.https() ? "https" : "http";
        String to = scheme == null ? came : scheme;
        String authority = exchange.request().authority();
        boolean same = host == null && port == 0 && to.equals(came);
        StringBuilder location = new StringBuilder(to).append("://");
        location.append(same ? authority : host == null ? withoutPort(authority) : host);
        if (port != 0 && port != (to.equals("https") ? 443 : 80)) {
            location.append(':').append(port);
        }
        Headers headers = new Headers();
        headers.add("Location", location.append(target).toString());
        headers.add("Content-Length", 0);
        return new Verdict.Answer(new ResponseHead(status, headers, BodyLength.NONE), new byte[0]);
    }

    private static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 || authority.endsWith("]") ? authority : authority.substring(0, colon);
    }
}
