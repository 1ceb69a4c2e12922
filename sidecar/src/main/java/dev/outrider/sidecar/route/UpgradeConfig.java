package dev.outrider.sidecar.route;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import java.util.Locale;

/**
 * Which requests may turn their connection into something else.
 *
 * @param allow protocols of Upgrade (RFC 9110, section 7.8) and extended CONNECT (RFC 8441)
 * @param connect whether CONNECT goes on to the service it names
 */
public record UpgradeConfig(List<String> allow, boolean connect) {
    public static final UpgradeConfig DEFAULTS = new UpgradeConfig(List.of("websocket"), false);

    public static final Schema<UpgradeConfig> SCHEMA =
            Schema.record(
                    "UpgradeConfig",
                    "Which requests may turn their connection into something else.",
                    f ->
                            new UpgradeConfig(
                                    f.optional(
                                            "allow",
                                            Schemas.list(Schemas.text()),
                                            DEFAULTS.allow,
                                            "protocols that may be switched to; others are"
                                                    + " ignored on HTTP/1.1 and refused on HTTP/2"),
                                    f.optional(
                                            "connect",
                                            Schemas.bool(),
                                            DEFAULTS.connect,
                                            "whether CONNECT is passed to the service it names,"
                                                    + " which must be a proxy; else it gets 405")));

    public UpgradeConfig {
        allow = allow.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList();
        if (allow.stream().anyMatch(each -> each.startsWith("h2") || each.startsWith("http"))) {
            throw new IllegalArgumentException(
                    "allow must not name HTTP itself: requests inside the upgraded connection would"
                            + " pass unread");
        }
    }
}
