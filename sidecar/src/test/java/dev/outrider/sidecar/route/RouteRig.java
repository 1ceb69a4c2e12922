package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.schema.Plain;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Routes as a file would have them, and requests on their way through one of them and back. */
final class RouteRig {
    static final Instant NOW = Instant.parse("2026-11-28T03:04:05.678Z");

    private final RouteFilter filter;

    /** The filters of the exchange before that have run, for its way back. */
    private List<RequestFilter> ran = List.of();

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    RouteRig(Map<String, Object>... routes) {
        this(PathConfig.DEFAULTS, routes);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    RouteRig(PathConfig paths, Map<String, Object>... routes) {
        Random random = new Random(7);
        RouteFilters.Context context =
                new RouteFilters.Context(
                        paths, _ -> 5_000_000_000L, () -> random, InstantSource.fixed(NOW));
        List<RouteTable.Entry<Route>> entries = new ArrayList<>();
        for (Map<String, Object> each : routes) {
            RouteConfig config = read(each);
            RouteFilters filters = RouteFilters.of(config, context);
            List<RequestFilter> all = new ArrayList<>(filters.first());
            all.addAll(filters.choice());
            all.addAll(filters.last());
            Route route =
                    new Route(
                            config.name(),
                            all,
                            (_, _) -> {
                                throw new AssertionError("nothing is sent in these tests");
                            },
                            filters.preflights());
            entries.add(
                    new RouteTable.Entry<>(
                            config.name(), config.match(), config.priority(), route));
        }
        filter = new RouteFilter(entries, paths);
    }

    static RouteConfig read(Map<String, Object> plain) {
        return Plain.read(RouteConfig.SCHEMA, plain);
    }

    /** What stops the request; {@link Verdict#CONTINUE} if it would go upstream. */
    Verdict request(Exchange exchange) {
        List<RequestFilter> done = new ArrayList<>();
        ran = done;
        Verdict verdict = filter.onRequest(exchange);
        if (!(verdict instanceof Verdict.Branch branch)) {
            return verdict;
        }
        for (RequestFilter each : branch.filters()) {
            done.add(each);
            verdict = each.onRequest(exchange);
            if (!(verdict instanceof Verdict.Continue)) {
                return verdict;
            }
        }
        return Verdict.CONTINUE;
    }

    ResponseHead response(Exchange exchange, ResponseHead head) {
        for (RequestFilter each : ran.reversed()) {
            each.onResponse(exchange, head);
        }
        return head;
    }

    /** The head that is sent upstream. */
    RequestHead sent(RequestHead head) {
        Exchange exchange = Heads.exchange(head);
        Verdict verdict = request(exchange);
        if (!(verdict instanceof Verdict.Continue)) {
            throw new AssertionError("not sent but " + verdict);
        }
        return exchange.request();
    }

    /** The head that is answered without an upstream, as the client sees it. */
    ResponseHead answered(Exchange exchange) {
        if (request(exchange) instanceof Verdict.Answer answer) {
            return response(exchange, answer.head());
        }
        throw new AssertionError("not answered");
    }

    Failure refused(Exchange exchange) {
        if (request(exchange) instanceof Verdict.Reject reject) {
            return reject.failure();
        }
        throw new AssertionError("not refused");
    }
}
