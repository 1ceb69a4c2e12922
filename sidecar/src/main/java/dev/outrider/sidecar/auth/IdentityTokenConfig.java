package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * How this workload's own tokens are kept.
 *
 * @param header the field they travel in
 * @param renewFrom share of a token's life after which it is renewed at the earliest
 * @param renewTo and at the latest; between the two by chance, so that a fleet spreads out
 * @param maxWait how long a request waits for the first token of its audience
 * @param maxAudiences how many audiences are served
 */
public record IdentityTokenConfig(
        TokenHeader header, double renewFrom, double renewTo, Duration maxWait, int maxAudiences) {
    public static final IdentityTokenConfig DEFAULTS =
            new IdentityTokenConfig(
                    new TokenHeader(TokenHeader.DEFAULT_NAME),
                    0.6,
                    0.8,
                    Duration.ofSeconds(2),
                    256);

    public IdentityTokenConfig {
        if (!(renewFrom > 0 && renewFrom < renewTo && renewTo < 1)) {
            throw new IllegalArgumentException(
                    "renewFrom must be above 0% and below renewTo, and renewTo below 100%");
        }
        if (!maxWait.isPositive()) {
            throw new IllegalArgumentException("maxWait must be longer than 0s");
        }
        if (maxAudiences < 1) {
            throw new IllegalArgumentException("maxAudiences must be at least 1");
        }
    }

    public static final Schema<IdentityTokenConfig> SCHEMA =
            Schema.record(
                    "IdentityTokenConfig",
                    "How this workload's own tokens are sent and kept.",
                    f ->
                            new IdentityTokenConfig(
                                    new TokenHeader(
                                            f.optional(
                                                    "header",
                                                    Schemas.text(),
                                                    TokenHeader.DEFAULT_NAME,
                                                    "field the token travels in; with"
                                                            + " 'authorization' behind Bearer")),
                                    f.optional(
                                            "renewFrom",
                                            Schemas.percent(),
                                            DEFAULTS.renewFrom,
                                            "share of its life after which a token is renewed"),
                                    f.optional(
                                            "renewTo",
                                            Schemas.percent(),
                                            DEFAULTS.renewTo,
                                            "share of its life before which it is renewed"),
                                    f.optional(
                                            "maxWait",
                                            Schemas.duration(),
                                            DEFAULTS.maxWait,
                                            "how long a request waits for a first token"),
                                    f.optional(
                                            "maxAudiences",
                                            Schemas.integer(1, 10_000),
                                            DEFAULTS.maxAudiences,
                                            "audiences served at most")));
}
