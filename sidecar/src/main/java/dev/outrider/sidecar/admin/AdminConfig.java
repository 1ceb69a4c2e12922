package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.IpPort;
import java.time.Duration;
import java.util.List;

/** Where the operator's port is and what it answers to. */
public record AdminConfig(
        boolean enabled, IpPort address, List<String> hostNames, Duration timeout) {
    private static final String HELP_NAMES =
            "names besides localhost and IP addresses that a request's Host may have; others are"
                    + " refused, so that a web page cannot reach the port by DNS rebinding";

    public static final AdminConfig DEFAULTS =
            new AdminConfig(
                    true, IpPort.parse("127.0.0.1:15000"), List.of(), Duration.ofSeconds(10));

    public static final RecordSchema<AdminConfig> SCHEMA =
            Schema.record(
                    "AdminConfig",
                    "The operator's port: health, metrics, views and switches. Callers that are not"
                            + " on loopback get health and metrics only.",
                    f ->
                            new AdminConfig(
                                    f.optional(
                                            "enabled",
                                            Schemas.bool(),
                                            DEFAULTS.enabled,
                                            "whether the port is opened"),
                                    f.optional(
                                            "listen",
                                            IpPort.SCHEMA,
                                            DEFAULTS.address,
                                            "where to listen; for probes and scrapes from outside"
                                                    + " the pod 0.0.0.0:15000"),
                                    f.optional(
                                            "hostNames",
                                            Schemas.list(Schemas.text()),
                                            DEFAULTS.hostNames,
                                            HELP_NAMES),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            DEFAULTS.timeout,
                                            "how long one request may take as a whole")));

    public AdminConfig {
        hostNames = List.copyOf(hostNames);
        if (timeout.compareTo(Duration.ofMillis(100)) < 0
                || timeout.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("'timeout' must be from 100ms to 5m");
        }
    }
}
