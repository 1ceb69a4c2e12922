package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.StripHeaders;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes out of what comes from outside every field that only the edge or the mesh may write, in all
 * spellings that apps read as one: those that say who calls, the mesh's own, those by which other
 * proxies are told what to do, and those by which frameworks let a request pass for one to another
 * path or from another client. Above the routes.
 */
public final class ForgedFields implements RequestFilter {
    /** All that begins so is a proxy's. */
    private static final String[] PREFIXES = {"outrider-", "x-outrider-", "x-envoy-"};

    private static final List<String> OTHERS =
            List.of(
                    "x-real-ip",
                    "x-client-ip",
                    "x-cluster-client-ip",
                    "true-client-ip",
                    "x-original-forwarded-for",
                    "x-original-url",
                    "x-original-uri",
                    "x-original-host",
                    "x-rewrite-url",
                    "x-forwarded-user",
                    "x-forwarded-email",
                    "x-forwarded-groups",
                    "x-forwarded-access-token",
                    "x-remote-user",
                    "x-forwarded-prefix",
                    "x-forwarded-uri",
                    "x-forwarded-method",
                    "x-http-method",
                    "x-http-method-override",
                    "x-method-override",
                    "client-ip",
                    "cf-connecting-ip",
                    "fastly-client-ip",
                    "remote-user",
                    "client-cert",
                    "client-cert-chain",
                    "proxy");

    private final StripHeaders named;

    public ForgedFields(EdgeAuthConfig config) {
        List<String> names = new ArrayList<>(OTHERS);
        names.addAll(config.headers().names());
        // An app made for the usual names trusts them also where the edge says others.
        names.addAll(ClaimHeadersConfig.DEFAULTS.names());
        names.addAll(config.strip());
        this.named = new StripHeaders(names);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers headers = exchange.request().headers();
        for (String prefix : PREFIXES) {
            headers.removeStarting(prefix);
        }
        return named.onRequest(exchange);
    }
}
