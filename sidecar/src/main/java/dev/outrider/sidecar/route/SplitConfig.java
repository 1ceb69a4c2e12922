package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shares requests out to services, as for a canary.
 *
 * @param services weights by name, in the order of the file
 */
public record SplitConfig(Map<String, Integer> services, @Nullable StickyConfig sticky) {
    public static final Schema<SplitConfig> SCHEMA =
            Schema.record(
                    "SplitConfig",
                    "Shares requests out to services.",
                    f ->
                            new SplitConfig(
                                    f.required(
                                            "services",
                                            Schemas.map(Schemas.integer(0, 1_000_000)),
                                            "weights of the services, by their names"),
                                    f.nullable(
                                            "sticky",
                                            StickyConfig.SCHEMA,
                                            "how a client stays with one service; else each request"
                                                    + " is shared out anew")));

    public SplitConfig {
        services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
        if (services.values().stream().allMatch(weight -> weight == 0)) {
            throw new IllegalArgumentException("at least one service needs a weight above 0");
        }
    }

    /**
     * What keeps a client with one service.
     *
     * @param maxAge of the cookie that is set; null for none, then what comes is only hashed
     */
    public record StickyConfig(
            @Nullable String header, @Nullable String cookie, @Nullable Duration maxAge) {
        public static final Schema<StickyConfig> SCHEMA =
                Schema.record(
                        "StickyConfig",
                        "What keeps a client with one service: one of header and cookie. Without it"
                                + " in a request that one is shared out by chance.",
                        f ->
                                new StickyConfig(
                                        f.nullable(
                                                "header",
                                                Schemas.text(),
                                                "field whose value decides, such as x-user-id"),
                                        f.nullable(
                                                "cookie",
                                                Schemas.text(),
                                                "cookie whose value decides"),
                                        f.nullable(
                                                "maxAge",
                                                Schemas.duration(),
                                                "sets the cookie, for so long, to remember the"
                                                        + " service; without it the cookie is one"
                                                        + " that the app sets")));

        public StickyConfig {
            if ((header == null) == (cookie == null)) {
                throw new IllegalArgumentException("say one of 'header' and 'cookie'");
            }
            String name = header == null ? cookie : header;
            if (name == null || name.isEmpty() || !name.chars().allMatch(Fields::isToken)) {
                throw new IllegalArgumentException("'" + name + "' is no name");
            }
            if (maxAge != null && (cookie == null || maxAge.toSeconds() < 1)) {
                throw new IllegalArgumentException(
                        "maxAge is of the cookie that is set, and at least 1s");
            }
            header = header == null ? null : header.toLowerCase(Locale.ROOT);
        }
    }
}
