package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.PathRules;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.SafePath;
import org.jspecify.annotations.Nullable;

/** Gives the upstream another path or host than the client asked for. Below the route. */
final class RewriteFilter implements RequestFilter {
    /** As long as the longest that a client could send by default. */
    private static final int LONGEST = 16 * 1024;

    private final @Nullable PathChange change;
    private final @Nullable String host;
    private final PathRules paths;

    RewriteFilter(@Nullable PathChange change, @Nullable String host, PathConfig paths) {
        this.change = change;
        this.host = host;
        this.paths = paths.rules();
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        if (host != null) {
            request.authority(host);
        }
        if (change == null) {
            return Verdict.CONTINUE;
        }
        String old = request.path();
        String path = change.apply(old);
        // What a regex makes may be anything, and the app is to see no path that is refused here.
        if (path.length() > LONGEST || !path.equals(SafePath.normalise(path, paths))) {
            return new Verdict.Reject(
                    new Failure.BadRequest(
                            400, "ambiguous-path", "the rewritten path is no proper path"));
        }
        request.target(path + request.target().substring(old.length()));
        return Verdict.CONTINUE;
    }
}
