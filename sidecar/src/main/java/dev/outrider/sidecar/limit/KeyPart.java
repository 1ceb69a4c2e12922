package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One part of what a limit counts by.
 *
 * @param name of the claim or header, or the constant itself; empty for the others
 */
public record KeyPart(Source source, String name) {
    /** The issuer that stands for API keys. */
    private static final String API_KEYS = "api-key";

    private static final String TENANT = "tenant";

    /** Where it comes from. */
    public enum Source {
        CLIENT,
        API_KEY,
        USER,
        TENANT,
        CLAIM,
        ROUTE,
        HEADER,
        CONSTANT;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        String word() {
            return word;
        }

        /** Whether it is known only once the route and the caller are. */
        boolean late() {
            return this != CLIENT && this != HEADER && this != CONSTANT;
        }

        private boolean named() {
            return this == CLAIM || this == HEADER || this == CONSTANT;
        }
    }

    public static final Schema<KeyPart> SCHEMA =
            Schemas.scalar(
                    "client, api-key, user, tenant, route, claim:NAME, header:NAME or"
                            + " constant:TEXT",
                    Map.of("type", "string"),
                    new KeyPart(Source.CLIENT, ""),
                    KeyPart::parse);

    public KeyPart {
        if (source.named() == name.isEmpty()) {
            throw new IllegalArgumentException(
                    source.named()
                            ? source.word() + " needs a name, as in " + source.word() + ":x"
                            : source.word() + " takes no name");
        }
        if (source == Source.HEADER) {
            name = name.toLowerCase(Locale.ROOT);
        }
    }

    public static KeyPart parse(String text) {
        int colon = text.indexOf(':');
        String word = colon < 0 ? text : text.substring(0, colon);
        for (Source source : Source.values()) {
            if (source.word().equals(word)) {
                return new KeyPart(source, colon < 0 ? "" : text.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException(
                "count by client, api-key, user, tenant, route, claim:NAME, header:NAME or"
                        + " constant:TEXT");
    }

    /** Appends the part; false if the request has nothing of the kind. */
    boolean write(Exchange exchange, KeyText text, int ipv6Prefix) {
        if (source == Source.CLIENT) {
            text.part("client");
            text.address(exchange.client(), ipv6Prefix);
            return true;
        }
        if (source == Source.USER) {
            Caller caller = exchange.caller();
            if (caller == null) {
                return false;
            }
            text.part("user");
            text.value(caller.subject(), caller.issuer());
            return true;
        }
        String value = value(exchange);
        if (value == null) {
            return false;
        }
        text.part(source.word());
        if (source == Source.CLAIM || source == Source.HEADER) {
            text.value(value, name);
        } else {
            text.value(value);
        }
        return true;
    }

    private @Nullable String value(Exchange exchange) {
        return switch (source) {
            case API_KEY -> apiKey(exchange.caller());
            case TENANT -> claim(exchange.caller(), TENANT);
            case CLAIM -> claim(exchange.caller(), name);
            case ROUTE -> exchange.route();
            case HEADER -> exchange.request().headers().get(name);
            case CONSTANT -> name;
            case CLIENT, USER -> throw new IllegalStateException("written elsewhere");
        };
    }

    private static @Nullable String apiKey(@Nullable Caller caller) {
        return caller != null && caller.issuer().equals(API_KEYS) ? caller.tokenId() : null;
    }

    /** A claim that is one value; a list or an object is nobody's name. */
    static @Nullable String claim(@Nullable Caller caller, String name) {
        Object claim = caller == null ? null : caller.claims().get(name);
        return claim instanceof String || claim instanceof Number || claim instanceof Boolean
                ? claim.toString()
                : null;
    }

    @Override
    public String toString() {
        return name.isEmpty() ? source.word() : source.word() + ":" + name;
    }
}
