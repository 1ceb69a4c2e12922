package dev.outrider.sidecar.route;

import dev.outrider.sidecar.route.SplitConfig.StickyConfig;
import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.InvalidParts;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a route has and what becomes of their heads; exactly one of service, split,
 * redirect and answer says where they end.
 *
 * @param priority the greater goes first, whatever else is more specific
 * @param timeout for the whole exchange; zero for the service's
 */
public record RouteConfig(
        String name,
        MatchConfig match,
        int priority,
        @Nullable String service,
        @Nullable SplitConfig split,
        @Nullable RedirectConfig redirect,
        @Nullable AnswerConfig answer,
        @Nullable RewriteConfig rewrite,
        HeadersConfig requestHeaders,
        HeadersConfig responseHeaders,
        @Nullable CorsConfig cors,
        @Nullable HttpsConfig https,
        Duration timeout,
        @Nullable TriesConfig retry) {
    private static final int MOST_PRIORITY = 1_000_000;

    public static final Schema<RouteConfig> SCHEMA =
            Schema.record(
                    "RouteConfig",
                    "Which requests a route has and what becomes of them.",
                    f -> of(f).get());

    /**
     * Asks for its fields, for a record that has further ones beside them. Made when all of those
     * have been asked for: no route is right by its defaults alone, so making it may fail.
     */
    public static Supplier<RouteConfig> of(Fields f) {
        String name = f.required("name", Schemas.text(), "a name of its own, for metrics and logs");
        MatchConfig match =
                f.optional("match", MatchConfig.SCHEMA, MatchConfig.ANY, "which requests it has");
        int priority =
                f.optional(
                        "priority",
                        Schemas.integer(-MOST_PRIORITY, MOST_PRIORITY),
                        0,
                        "the greater goes first; among equal ones the more specific host, then"
                                + " path, then more conditions, then the order here");
        String service = f.nullable("service", Schemas.text(), "the service they go to");
        SplitConfig split =
                f.nullable("split", SplitConfig.SCHEMA, "the services they are shared out to");
        RedirectConfig redirect =
                f.nullable("redirect", RedirectConfig.SCHEMA, "where the client is sent instead");
        AnswerConfig answer = f.nullable("answer", AnswerConfig.SCHEMA, "what is answered instead");
        RewriteConfig rewrite =
                f.nullable("rewrite", RewriteConfig.SCHEMA, "another path or host upstream");
        HeadersConfig requestHeaders =
                f.optional(
                        "requestHeaders",
                        HeadersConfig.SCHEMA,
                        HeadersConfig.NONE,
                        "changes of the request's fields");
        HeadersConfig responseHeaders =
                f.optional(
                        "responseHeaders",
                        HeadersConfig.SCHEMA,
                        HeadersConfig.NONE,
                        "changes of the response's fields, also of errors");
        CorsConfig cors = f.nullable("cors", CorsConfig.SCHEMA, "which web pages may use it");
        HttpsConfig https =
                f.nullable("https", HttpsConfig.SCHEMA, "whether clients must come by TLS");
        Duration timeout =
                f.optional(
                        "timeout",
                        Schemas.duration(),
                        Duration.ZERO,
                        "for the whole exchange, if that is shorter than the service's own; 0s for"
                                + " the service's");
        TriesConfig retry =
                f.nullable(
                        "retry", TriesConfig.SCHEMA, "fewer or quicker tries than the service's");
        return () ->
                new RouteConfig(
                        name,
                        match,
                        priority,
                        service,
                        split,
                        redirect,
                        answer,
                        rewrite,
                        requestHeaders,
                        responseHeaders,
                        cors,
                        https,
                        timeout,
                        retry);
    }

    public RouteConfig {
        if (name.isBlank() || !name.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(
                    "a route's name must be visible characters without spaces");
        }
        long ends =
                Stream.of(service, split, redirect, answer).filter(each -> each != null).count();
        if (ends != 1) {
            throw new IllegalArgumentException(
                    "route '"
                            + name
                            + "' must say exactly one of 'service', 'split', 'redirect' and"
                            + " 'answer'");
        }
        if (rewrite != null && (redirect != null || answer != null)) {
            throw new InvalidParts(
                    PartPath.of("rewrite"),
                    "route '" + name + "' has a 'rewrite' and nothing goes upstream");
        }
        if (timeout.isNegative()) {
            throw new InvalidParts(PartPath.of("timeout"), "timeout must not be negative");
        }
        if (split != null && writes(requestHeaders, split.sticky())) {
            throw new InvalidParts(
                    PartPath.of("split", "sticky", "header"),
                    "route '"
                            + name
                            + "' writes the field of 'split.sticky' under 'requestHeaders', which is"
                            + " done when the service has been chosen: name a field that clients"
                            + " send, or one of those that auth writes, such as X-Auth-User");
        }
        RouteFilters.check(match, rewrite, redirect, requestHeaders, responseHeaders);
    }

    private static boolean writes(HeadersConfig changes, @Nullable StickyConfig sticky) {
        String field = sticky == null ? null : sticky.header();
        return field != null
                && Stream.of(
                                changes.set().keySet(),
                                changes.add().keySet(),
                                changes.rename().values())
                        .flatMap(Collection::stream)
                        .anyMatch(each -> each.equalsIgnoreCase(field));
    }
}
