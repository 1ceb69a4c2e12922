package dev.outrider.sidecar.exchange;

import dev.outrider.sidecar.http.BodySource;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What an edge adds to its {@link Exchange}, where it is read; only an edge's filters write here,
 * so a request inside the mesh does not pay for it. Confined as the exchange is.
 */
public final class EdgeFacts {
    private @Nullable InetAddress client;
    private @Nullable String route;
    private @Nullable String matchedPath;
    private @Nullable String stickyCookie;
    private @Nullable BodySource body;
    private @Nullable Runnable atEnd;
    private @Nullable QuotaLeft quotaLeft;
    private TryLimit tryLimit = TryLimit.NONE;
    private boolean critical;
    private boolean https;

    EdgeFacts(boolean https) {
        this.https = https;
    }

    // ---- written by filters

    /** By the filter that knows which peers to trust. */
    public void client(InetAddress client) {
        this.client = client;
    }

    /** By the filter that knows which peers to trust. */
    public void https(boolean https) {
        this.https = https;
    }

    /** By the route filter. */
    public void route(String route) {
        this.route = route;
    }

    /** By the route filter. */
    public void matchedPath(String path) {
        this.matchedPath = path;
    }

    /** By the route's split, where the client does not have it yet. */
    public void stickyCookie(String cookie) {
        this.stickyCookie = cookie;
    }

    /** By the route. */
    public void tryLimit(TryLimit limit) {
        this.tryLimit = limit;
    }

    /** By the route: the request is tried although the breaker is open. */
    public void makeCritical() {
        this.critical = true;
    }

    /** By filters that count, copy or change the body; each stands before the one that was. */
    public void body(BodySource body) {
        this.body = body;
    }

    /** By the filters of rate limits. */
    public void quotaLeft(QuotaLeft left) {
        this.quotaLeft = left;
    }

    /** Lets {@code task} run once when the exchange is over, however it ends. */
    public void atEnd(Runnable task) {
        Runnable others = atEnd;
        atEnd =
                others == null
                        ? task
                        : () -> {
                            others.run();
                            task.run();
                        };
    }

    // ---- read by the exchange

    @Nullable InetAddress client() {
        return client;
    }

    boolean https() {
        return https;
    }

    @Nullable String route() {
        return route;
    }

    @Nullable String matchedPath() {
        return matchedPath;
    }

    @Nullable String stickyCookie() {
        return stickyCookie;
    }

    TryLimit tryLimit() {
        return tryLimit;
    }

    boolean critical() {
        return critical;
    }

    @Nullable BodySource body() {
        return body;
    }

    @Nullable QuotaLeft quotaLeft() {
        return quotaLeft;
    }

    void ended() {
        Runnable task = atEnd;
        atEnd = null;
        if (task != null) {
            task.run();
        }
    }
}
