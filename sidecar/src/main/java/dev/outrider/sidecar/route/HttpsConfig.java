package dev.outrider.sidecar.route;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Clients are to come by TLS.
 *
 * @param redirect whether who comes without is sent there
 * @param hsts null for no Strict-Transport-Security field
 */
public record HttpsConfig(boolean redirect, int port, @Nullable HstsConfig hsts) {
    public static final Schema<HttpsConfig> SCHEMA =
            Schema.record(
                    "HttpsConfig",
                    "Clients are to come by TLS.",
                    f ->
                            new HttpsConfig(
                                    f.optional(
                                            "redirect",
                                            Schemas.bool(),
                                            true,
                                            "whether who comes without TLS gets a 308 to https"),
                                    f.optional(
                                            "port",
                                            Schemas.integer(1, 65535),
                                            443,
                                            "the port to go to"),
                                    f.nullable(
                                            "hsts",
                                            HstsConfig.SCHEMA,
                                            "tells browsers to come by TLS only; none without")));

    /**
     * The Strict-Transport-Security field (RFC 6797).
     *
     * @param maxAge how long a browser remembers it
     */
    public record HstsConfig(Duration maxAge, boolean includeSubdomains, boolean preload) {
        private static final Duration YEAR = Duration.ofDays(365);

        public static final Schema<HstsConfig> SCHEMA =
                Schema.record(
                        "HstsConfig",
                        "Strict-Transport-Security (RFC 6797), on responses over TLS.",
                        f ->
                                new HstsConfig(
                                        f.optional(
                                                "maxAge",
                                                Schemas.duration(),
                                                YEAR,
                                                "how long browsers remember it; 0s takes it back"),
                                        f.optional(
                                                "includeSubdomains",
                                                Schemas.bool(),
                                                false,
                                                "whether it holds for all names below the host"),
                                        f.optional(
                                                "preload",
                                                Schemas.bool(),
                                                false,
                                                "whether browsers may ship it")));

        public HstsConfig {
            if (maxAge.isNegative()) {
                throw new IllegalArgumentException("maxAge must not be negative");
            }
            if (preload && (!includeSubdomains || maxAge.compareTo(YEAR) < 0)) {
                throw new IllegalArgumentException(
                        "preload asks for includeSubdomains and a maxAge of at least 365d");
            }
        }

        String value() {
            return "max-age="
                    + maxAge.toSeconds()
                    + (includeSubdomains ? "; includeSubDomains" : "")
                    + (preload ? "; preload" : "");
        }
    }
}
