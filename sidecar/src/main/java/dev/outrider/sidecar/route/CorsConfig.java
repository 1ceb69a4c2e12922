package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.Authority;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Which web pages' scripts may read what this route answers (Fetch standard, section 3.3).
 *
 * @param origins exact, with {@code *.} before the host for all below it, or {@code *}
 * @param maxAge how long browsers need not ask again
 */
public record CorsConfig(
        List<String> origins,
        List<String> methods,
        List<String> headers,
        List<String> expose,
        boolean credentials,
        Duration maxAge) {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST");
    private static final Duration MAX_AGE = Duration.ofMinutes(10);

    public static final Schema<CorsConfig> SCHEMA =
            Schema.record(
                    "CorsConfig",
                    "Which web pages' scripts may use this route. Questions before a request"
                            + " (preflights) are answered here; what the service says of it is"
                            + " replaced.",
                    f ->
                            new CorsConfig(
                                    f.required(
                                            "origins",
                                            Schemas.list(Schemas.text()),
                                            "origins such as https://app.example.com,"
                                                    + " https://*.example.com for all below, or *"
                                                    + " for any"),
                                    f.optional(
                                            "methods",
                                            Schemas.list(Schemas.text()),
                                            METHODS,
                                            "methods that scripts may use"),
                                    f.optional(
                                            "headers",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "request fields that scripts may set"),
                                    f.optional(
                                            "expose",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "response fields that scripts may read"),
                                    f.optional(
                                            "credentials",
                                            Schemas.bool(),
                                            false,
                                            "whether cookies and logins go along; not with *"),
                                    f.optional(
                                            "maxAge",
                                            Schemas.duration(),
                                            MAX_AGE,
                                            "how long browsers need not ask again")));

    public CorsConfig {
        origins = origins.stream().map(CorsConfig::origin).toList();
        methods = tokens(methods);
        headers = tokens(headers);
        expose = tokens(expose);
        if (origins.isEmpty()) {
            throw new IllegalArgumentException("name at least one origin");
        }
        if (origins.contains("*") && origins.size() > 1) {
            throw new IllegalArgumentException("'*' is any origin; leave the others out");
        }
        if (credentials
                && (origins.contains("*")
                        || methods.contains("*")
                        || headers.contains("*")
                        || expose.contains("*"))) {
            throw new IllegalArgumentException(
                    "with credentials nothing may be '*': any page could act as the user; name"
                            + " what is trusted");
        }
        if (maxAge.isNegative()) {
            throw new IllegalArgumentException("maxAge must not be negative");
        }
    }

    private static String origin(String text) {
        if (text.equals("*")) {
            return text;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        int host = lower.indexOf("://") + 3;
        boolean below = lower.startsWith("*.", host);
        if (!lower.matches("[a-z][a-z0-9+.-]*://.*")
                || !Authority.isValid(lower.substring(below ? host + 2 : host))) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no origin; write scheme and host without a path, such as"
                            + " https://app.example.com or https://*.example.com");
        }
        return lower;
    }

    private static List<String> tokens(List<String> texts) {
        for (String text : texts) {
            if (text.isEmpty() || !text.chars().allMatch(Fields::isToken)) {
                throw new IllegalArgumentException("'" + text + "' is no method or field name");
            }
        }
        return List.copyOf(texts);
    }
}
