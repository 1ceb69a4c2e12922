package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A GET and what it is redirected to, as the kubelet goes along: to the same host, whatever the
 * port; a redirect to another host is the answer. The app's own address is connected to always.
 */
record HttpWalk(AppCalls calls, InetAddress app, Map<String, List<String>> fields, Ticker ticker) {
    private static final int MOST_REDIRECTS = 10;

    /** Those that Go follows; others with a Location are answers. */
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** How much of a body is wanted, and whether a longer one is a failure. */
    record Wanted(int bytes, boolean whole) {}

    HttpReply get(HttpTarget first, String host, Duration timeout, Wanted wanted)
            throws IOException {
        long end = ticker.nanos() + timeout.toNanos();
        HttpTarget asked = first;
        String authority = host;
        for (int i = 0; i < MOST_REDIRECTS; i++) {
            HttpReply reply = send(new HttpCall(asked, authority, fields), end, wanted);
            String location = reply.field("location");
            if (!REDIRECTS.contains(reply.status()) || location.isEmpty()) {
                return reply;
            }
            HttpTarget next = asked.resolved(location);
            if (next == null) {
                throw new IOException("a redirect to '" + location + "', which is no address");
            }
            if (!next.host().equalsIgnoreCase(asked.host())) {
                return reply;
            }
            // A Host of its own is kept for a Location that names none.
            authority = location.contains("://") ? next.authority() : authority;
            asked = next;
        }
        throw new IOException("more than " + MOST_REDIRECTS + " redirects");
    }

    private HttpReply send(HttpCall call, long end, Wanted wanted) throws IOException {
        Duration left = Duration.ofNanos(end - ticker.nanos());
        if (!left.isPositive()) {
            throw new SocketTimeoutException("no answer in time");
        }
        InetSocketAddress address = new InetSocketAddress(app, call.target().port());
        return calls.call(
                address, left, socket -> call.send(socket, wanted.bytes(), wanted.whole()));
    }
}
