package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.IpPort;

/**
 * The port for plain text.
 *
 * @param redirect whether its clients are sent to HTTPS, and get nothing else
 * @param httpsPort where they are sent to, which a balancer may have made another
 */
public record PlainPort(IpPort listen, boolean redirect, int httpsPort) {
    public static final Schema<PlainPort> SCHEMA =
            Schema.record(
                    "PlainPort",
                    "The port for clients from outside that speak plain text.",
                    f ->
                            new PlainPort(
                                    f.required("listen", IpPort.SCHEMA, "where clients connect"),
                                    f.optional(
                                            "redirect",
                                            Schemas.bool(),
                                            true,
                                            "whether they are sent to https and get nothing else;"
                                                    + " false serves them, as behind a balancer"
                                                    + " that ends TLS"),
                                    f.optional(
                                            "httpsPort",
                                            Schemas.integer(1, 65535),
                                            443,
                                            "the port they are sent to, as clients see it")));
}
