package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/** How many requests one client may have under way at once, in this process. */
public record ConcurrencyConfig(int requests, KeyConfig key) {
    public ConcurrencyConfig {
        if (requests < 1) {
            throw new IllegalArgumentException("requests must be at least 1");
        }
    }

    public static final Schema<ConcurrencyConfig> SCHEMA =
            Schema.record(
                    "ConcurrencyConfig",
                    "How many requests of one client may be under way at once in this process; one"
                            + " more gets 429.",
                    f ->
                            new ConcurrencyConfig(
                                    f.required(
                                            "requests",
                                            Schemas.integer(1, 1_000_000),
                                            "requests under way at once"),
                                    KeyConfig.of(f)));
}
