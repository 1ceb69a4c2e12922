package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.TryLimit;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.schema.InvalidParts;
import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A route's own filters, of which only those exist that its configuration asks for.
 *
 * @param first go before authentication: they need to know nobody and let nobody in
 * @param choice goes behind authentication and before limits, which are the chosen service's too;
 *     nothing where no service is called
 * @param last go behind authentication and limits, since they answer or prepare what is sent on
 * @param preflights whether the first answer preflights
 */
public record RouteFilters(
        List<RequestFilter> first,
        List<RequestFilter> choice,
        List<RequestFilter> last,
        boolean preflights) {
    /**
     * What filters are made with.
     *
     * @param timeoutNanos of a service's exchanges, by its name; 0 for none
     * @param random asked on event loops
     */
    public record Context(
            PathConfig paths,
            ToLongFunction<String> timeoutNanos,
            Supplier<RandomGenerator> random,
            InstantSource clock) {}

    /**
     * May read a file, so not on a loop.
     *
     * @throws IllegalArgumentException if parts of the route do not fit together
     */
    public static RouteFilters of(RouteConfig config, Context context) {
        List<RequestFilter> first = new ArrayList<>();
        if (config.https() != null) {
            first.add(new HttpsFilter(config.https()));
        }
        if (config.cors() != null) {
            first.add(new CorsFilter(config.cors()));
        }
        try {
            return new RouteFilters(
                    List.copyOf(first),
                    choice(config, context),
                    last(config, context),
                    config.cors() != null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "route '" + config.name() + "': " + e.getMessage(), e);
        }
    }

    /**
     * Makes what needs no more than the configuration, for its mistakes.
     *
     * @throws InvalidParts if parts of the route do not fit together
     */
    static void check(
            MatchConfig match,
            @Nullable RewriteConfig rewrite,
            @Nullable RedirectConfig redirect,
            HeadersConfig requestHeaders,
            HeadersConfig responseHeaders) {
        Variables variables =
                new Variables(
                        () -> {
                            throw new IllegalStateException("nothing is sent");
                        },
                        InstantSource.fixed(Instant.EPOCH),
                        template(match));
        PartChecks checks = new PartChecks();
        checks.check(
                PartPath.of("requestHeaders"), () -> new HeaderChanges(requestHeaders, variables));
        checks.check(
                PartPath.of("responseHeaders"),
                () -> new HeaderChanges(responseHeaders, variables));
        if (rewrite != null) {
            checks.check(PartPath.of("rewrite"), () -> rewrite.change(match));
        }
        if (redirect != null) {
            checks.check(PartPath.of("redirect"), () -> redirect.change(match));
        }
        checks.refuse();
    }

    private static @Nullable PathTemplate template(MatchConfig match) {
        return match.path() == null ? null : match.path().parsed();
    }

    private static List<RequestFilter> last(RouteConfig config, Context context) {
        List<RequestFilter> last = new ArrayList<>();
        MatchConfig match = config.match();
        Variables variables = new Variables(context.random, context.clock, template(match));
        HeaderChanges request = new HeaderChanges(config.requestHeaders(), variables);
        HeaderChanges response = new HeaderChanges(config.responseHeaders(), variables);
        if (!request.none() || !response.none()) {
            last.add(new HeaderFilter(request, response));
        }
        if (config.redirect() != null) {
            last.add(new RedirectFilter(config.redirect(), match));
        }
        if (config.answer() != null) {
            last.add(new AnswerFilter(config.answer()));
        }
        if (config.rewrite() != null) {
            RewriteConfig rewrite = config.rewrite();
            last.add(new RewriteFilter(rewrite.change(match), rewrite.host(), context.paths));
        }
        if (config.retry() != null) {
            TryLimit limit = config.retry().limit();
            last.add(exchange -> {
                exchange.edge().tryLimit(limit);
                return Verdict.CONTINUE;
            });
        }
        return List.copyOf(last);
    }

    private static List<RequestFilter> choice(RouteConfig config, Context context) {
        ToLongFunction<String> timeout = name -> timeout(config, context, name);
        String service = config.service();
        if (service != null) {
            return List.of(new FixedRouteFilter(service, timeout.applyAsLong(service)));
        }
        return config.split() == null
                ? List.of()
                : List.of(new SplitFilter(config.split(), timeout, context.random));
    }

    /** The shorter of the route's and the service's. */
    private static long timeout(RouteConfig config, Context context, String service) {
        long own = config.timeout().toNanos();
        long services = context.timeoutNanos.applyAsLong(service);
        return own == 0 || services == 0 ? Math.max(own, services) : Math.min(own, services);
    }
}
