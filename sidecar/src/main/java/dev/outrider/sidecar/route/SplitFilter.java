package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.route.SplitConfig.StickyConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Shares requests out to services by weight. A value that decides always falls on the same point of
 * a line on which each service has a stretch; when weights change, only who stood on what has moved
 * goes elsewhere. A cookie that is set names the service instead, so that nobody moves until it has
 * no weight any more.
 */
final class SplitFilter implements RequestFilter {
    /**
     * @param end where its stretch ends
     * @param token stands for it in cookies, since its name is nobody's business outside
     */
    private record Target(String service, int weight, long end, long timeoutNanos, String token) {}

    private final List<Target> targets = new ArrayList<>();
    private final long total;
    private final @Nullable StickyConfig sticky;
    private final Supplier<RandomGenerator> random;

    SplitFilter(
            SplitConfig config,
            ToLongFunction<String> timeoutNanos,
            Supplier<RandomGenerator> random) {
        long end = 0;
        for (var each : config.services().entrySet()) {
            String name = each.getKey();
            end += each.getValue();
            String token = Long.toHexString(hash(name));
            long timeout = timeoutNanos.applyAsLong(name);
            targets.add(new Target(name, each.getValue(), end, timeout, token));
        }
        this.total = end;
        this.sticky = config.sticky();
        this.random = random;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        String value = sticky == null ? null : value(sticky, exchange.request().headers());
        Target target = target(value);
        exchange.service(target.service);
        exchange.limit(target.timeoutNanos);
        Duration maxAge = sticky == null ? null : sticky.maxAge();
        if (sticky != null && maxAge != null && !target.token.equals(value)) {
            exchange.edge().stickyCookie(sticky.cookie() + "=" + target.token + attributes(maxAge));
        }
        return Verdict.CONTINUE;
    }

    private static String attributes(Duration maxAge) {
        return "; Path=/; Max-Age=" + maxAge.toSeconds() + "; HttpOnly; SameSite=Lax";
    }

    private Target target(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return at(random.get().nextLong(total));
        }
        if (sticky != null && sticky.maxAge() != null) {
            for (Target target : targets) {
                if (target.weight > 0 && target.token.equals(value)) {
                    return target;
                }
            }
            return at(random.get().nextLong(total));
        }
        return at(Math.unsignedMultiplyHigh(hash(value), total));
    }

    private Target at(long point) {
        for (Target target : targets) {
            if (point < target.end) {
                return target;
            }
        }
        return targets.getLast();
    }

    /** The cookie is set until the client shows that it has it. */
    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        String cookie = exchange.stickyCookie();
        if (cookie != null && head.status() < 500) {
            head.headers().add("Set-Cookie", exchange.https() ? cookie + "; Secure" : cookie);
        }
    }

    private static @Nullable String value(StickyConfig sticky, Headers headers) {
        return sticky.header() != null
                ? headers.get(sticky.header())
                : cookie(headers, String.valueOf(sticky.cookie()));
    }

    /** The first of that name (RFC 6265, section 4.2). */
    private static @Nullable String cookie(Headers headers, String name) {
        for (String field : headers.all("cookie")) {
            for (String pair : field.split(";", -1)) {
                String cookie = pair.strip();
                if (cookie.length() > name.length()
                        && cookie.startsWith(name)
                        && cookie.charAt(name.length()) == '=') {
                    return cookie.substring(name.length() + 1);
                }
            }
        }
        return null;
    }

    /** FNV-1a, mixed so that alike texts do not fall side by side (as SplitMix64 does). */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
        return hash ^ hash >>> 31;
    }
}
