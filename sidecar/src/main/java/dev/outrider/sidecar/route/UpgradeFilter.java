package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;

/**
 * Lets only those requests turn into tunnels that may. An HTTP/1.1 client that offers another
 * protocol beside gets an ordinary answer; over HTTP/2 the request has no other meaning.
 */
public final class UpgradeFilter implements RequestFilter {
    private final UpgradeConfig config;

    public UpgradeFilter(UpgradeConfig config) {
        this.config = config;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead head = exchange.request();
        if (head.method().equals("CONNECT")) {
            return config.connect()
                    ? Verdict.CONTINUE
                    : refuse(405, "connect-refused", "CONNECT is not allowed here");
        }
        String protocol = head.upgrade();
        if (protocol == null || config.allow().contains(protocol)) {
            return Verdict.CONTINUE;
        }
        if (head.version() == HttpVersion.HTTP_2) {
            return refuse(501, "upgrade-refused", "this protocol may not be switched to here");
        }
        head.ignoreUpgrade();
        return Verdict.CONTINUE;
    }

    private static Verdict refuse(int status, String reason, String sentence) {
        return new Verdict.Reject(new Failure.BadRequest(status, reason, sentence));
    }
}
