package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Fields;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ${…}} can stand for in header values.
 *
 * @param random asked on event loops
 * @param template whose parameters {@code ${path.NAME}} can name; null for none
 */
record Variables(
        Supplier<RandomGenerator> random, InstantSource clock, @Nullable PathTemplate template) {
    private static final String KNOWN =
            "uuid, time, request.id, trace.id, client.address, host, method, path, route, service,"
                    + " caller.subject, caller.issuer, claim.NAME, header.NAME, path.NAME";

    /** Gives the value, null if there is none. */
    interface Variable extends Function<Exchange, @Nullable String> {
        @Override
        @Nullable String apply(Exchange exchange);
    }

    /**
     * @throws IllegalArgumentException if there is no such variable
     */
    Variable variable(String name) {
        return switch (name) {
            case "uuid" -> _ -> uuid(random.get());
            case "time" -> _ -> clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
            case "request.id" -> Exchange::requestId;
            case "trace.id" -> exchange -> traceId(exchange.trace());
            case "client.address" -> exchange -> exchange.client().getHostAddress();
            case "host" -> exchange -> exchange.request().authority();
            case "method" -> exchange -> exchange.request().method();
            case "path" -> Exchange::matchedPath;
            case "route" -> Exchange::route;
            case "service" -> Exchange::service;
            case "caller.subject" -> exchange -> of(exchange.caller(), Caller::subject);
            case "caller.issuer" -> exchange -> of(exchange.caller(), Caller::issuer);
            default -> named(name);
        };
    }

    private Variable named(String name) {
        int dot = name.indexOf('.');
        String key = name.substring(dot + 1);
        return switch (dot < 0 || key.isEmpty() ? "" : name.substring(0, dot)) {
            case "claim" -> exchange -> of(exchange.caller(), it -> claim(it.claims(), key));
            case "header" -> header(key);
            case "path" -> parameter(key);
            default ->
                    throw new IllegalArgumentException(
                            "there is no variable '${" + name + "}'; there are " + KNOWN);
        };
    }

    private static Variable header(String name) {
        if (!name.chars().allMatch(Fields::isToken)) {
            throw new IllegalArgumentException("'" + name + "' is no name of a header field");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        return exchange -> exchange.request().headers().get(lower);
    }

    private Variable parameter(String name) {
        PathTemplate from = template;
        if (from == null || !from.names(name)) {
            throw new IllegalArgumentException(
                    "'${path." + name + "}' needs {" + name + "} in the route's path template");
        }
        return exchange -> of(exchange.matchedPath(), path -> from.value(path, name));
    }

    private static <T> @Nullable String of(@Nullable T from, Function<T, @Nullable String> value) {
        return from == null ? null : value.apply(from);
    }

    /** A claim of that name, or below the claims that the name's parts name. */
    private static @Nullable String claim(Map<?, ?> claims, String name) {
        Object whole = claims.get(name);
        if (whole != null) {
            return text(whole);
        }
        int dot = name.indexOf('.');
        return dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner
                ? claim(inner, name.substring(dot + 1))
                : null;
    }

    /** A scalar, or a list of them, whose commas are only those between its members. */
    private static @Nullable String text(Object claim) {
        return switch (claim) {
            case String it -> it;
            case Number it -> it.toString();
            case Boolean it -> it.toString();
            case Collection<?> it ->
                    it.stream()
                            .filter(each -> each instanceof String || each instanceof Number)
                            .map(each -> each.toString().replace("%", "%25").replace(",", "%2C"))
                            .collect(Collectors.joining(","));
            default -> null;
        };
    }

    private static @Nullable String traceId(@Nullable TraceContext trace) {
        HexFormat hex = HexFormat.of();
        return trace == null
                ? null
                : hex.toHexDigits(trace.traceIdHigh()) + hex.toHexDigits(trace.traceIdLow());
    }

    /** Of version 4 (RFC 9562, section 5.4). */
    private static String uuid(RandomGenerator random) {
        long high = random.nextLong() & ~0xf000L | 0x4000L;
        long low = random.nextLong() & ~(0xc0L << 56) | 0x80L << 56;
        return new UUID(high, low).toString();
    }
}
