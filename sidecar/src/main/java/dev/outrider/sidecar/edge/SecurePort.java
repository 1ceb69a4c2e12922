package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.route.HttpsConfig.HstsConfig;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.tls.PublicTlsConfig;
import dev.outrider.sidecar.transport.IpPort;
import org.jspecify.annotations.Nullable;

/**
 * The port for HTTPS.
 *
 * @param hsts what browsers are told of insisting on TLS, on all routes; null: nothing
 */
public record SecurePort(IpPort listen, PublicTlsConfig tls, @Nullable HstsConfig hsts) {
    public static final Schema<SecurePort> SCHEMA =
            Schema.record(
                    "SecurePort",
                    "The port for clients from outside that speak TLS.",
                    f ->
                            new SecurePort(
                                    f.required("listen", IpPort.SCHEMA, "where clients connect"),
                                    f.required(
                                            "tls",
                                            PublicTlsConfig.SCHEMA,
                                            "the certificates that are shown"),
                                    f.nullable(
                                            "hsts",
                                            HstsConfig.SCHEMA,
                                            "tells browsers, on every route, to come by TLS only;"
                                                    + " nothing is said without")));
}
