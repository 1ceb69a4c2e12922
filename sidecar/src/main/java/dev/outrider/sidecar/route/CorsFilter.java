package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which pages' scripts may use the route, and answers preflights. Above authentication, since
 * a preflight has no credentials, and since scripts are to see refusals too.
 */
final class CorsFilter implements RequestFilter {
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    private static final List<String> SAID_BY_SERVICES =
            List.of(
                    "access-control-allow-origin",
                    "access-control-allow-credentials",
                    "access-control-allow-methods",
                    "access-control-allow-headers",
                    "access-control-expose-headers",
                    "access-control-max-age");

    /** All hosts below one, at one scheme and port. */
    private record Below(String start, String end) {
        boolean has(String origin) {
            return origin.length() > start.length() + end.length()
                    && origin.startsWith(start)
                    && origin.endsWith(end)
                    // What stands for the star is a part of a name and nothing else.
                    && origin.substring(start.length(), origin.length() - end.length())
                            .chars()
                            .allMatch(c ->
                                    c >= 'a' && c <= 'z'
                                            || c >= '0' && c <= '9'
                                            || c == '-'
                                            || c == '.');
        }
    }

    private final CorsConfig config;
    private final boolean any;
    private final Set<String> exact = new HashSet<>();
    private final List<Below> below = new ArrayList<>();

    CorsFilter(CorsConfig config) {
        this.config = config;
        this.any = config.origins().contains("*");
        for (String origin : config.origins()) {
            int star = origin.indexOf("*.");
            if (star < 0) {
                exact.add(origin);
            } else {
                below.add(new Below(origin.substring(0, star), origin.substring(star + 1)));
            }
        }
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        if (!isPreflight(request)) {
            return Verdict.CONTINUE;
        }
        String origin = allowed(request);
        if (origin == null) {
            return new Verdict.Reject(
                    new Failure.Refused(403, "cors-origin", "its origin is not allowed here"));
        }
        Headers headers = new Headers();
        allow(headers, origin);
        headers.add("Access-Control-Allow-Methods", String.join(", ", config.methods()));
        if (!config.headers().isEmpty()) {
            headers.add("Access-Control-Allow-Headers", String.join(", ", config.headers()));
        }
        headers.add("Access-Control-Max-Age", config.maxAge().toSeconds());
        return new Verdict.Answer(new ResponseHead(204, headers, BodyLength.NONE), new byte[0]);
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        Headers headers = head.headers();
        if (!any && !varies(headers)) {
            headers.add("Vary", "Origin");
        }
        if (isPreflight(exchange.request())) {
            return;
        }
        SAID_BY_SERVICES.forEach(headers::remove);
        String origin = allowed(exchange.request());
        if (origin != null) {
            allow(headers, origin);
            if (!config.expose().isEmpty()) {
                headers.add("Access-Control-Expose-Headers", String.join(", ", config.expose()));
            }
        }
    }

    private static boolean isPreflight(RequestHead request) {
        return request.method().equals("OPTIONS")
                && request.headers().contains("origin")
                && request.headers().contains("access-control-request-method");
    }

    private static boolean varies(Headers headers) {
        return headers.hasToken("vary", "origin") || headers.hasToken("vary", "*");
    }

    private void allow(Headers headers, String origin) {
        headers.add(ALLOW_ORIGIN, any ? "*" : origin);
        if (config.credentials()) {
            headers.add("Access-Control-Allow-Credentials", "true");
        }
    }

    /** The request's origin as it came; null without one, or if it is not allowed. */
    private @Nullable String allowed(RequestHead request) {
        String origin = request.headers().get("origin");
        if (origin == null || request.headers().count("origin") != 1) {
            return null;
        }
        String lower = origin.toLowerCase(Locale.ROOT);
        return any || exact.contains(lower) || below.stream().anyMatch(each -> each.has(lower))
                ? origin
                : null;
    }
}
