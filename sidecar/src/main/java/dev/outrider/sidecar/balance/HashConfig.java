package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/**
 * What of a request decides its place on the hash ring.
 *
 * @param name of the header or cookie; empty for {@link By#SOURCE}
 */
public record HashConfig(By by, String name) {
    public enum By {
        HEADER,
        COOKIE,
        /** The client's address. */
        SOURCE
    }

    public static final Schema<HashConfig> SCHEMA =
            Schema.record(
                    "HashConfig",
                    "What of a request decides its place on the hash ring.",
                    f ->
                            new HashConfig(
                                    f.optional(
                                            "by",
                                            Schemas.oneOf(By.class),
                                            By.SOURCE,
                                            "a header, a cookie or the client's address"),
                                    f.optional(
                                            "name",
                                            Schemas.text(),
                                            "",
                                            "name of the header or the cookie")));

    public HashConfig {
        if ((by == By.SOURCE) != name.isEmpty()) {
            throw new IllegalArgumentException(
                    "name is needed with by: header and by: cookie, and means nothing with by:"
                            + " source");
        }
    }
}
