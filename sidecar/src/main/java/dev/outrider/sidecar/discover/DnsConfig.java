package dev.outrider.sidecar.discover;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.List;

/**
 * How names are looked up.
 *
 * @param nameServers {@code host:port}, IP literals only; empty for those of /etc/resolv.conf
 * @param minTtl shorter lifetimes count as this
 * @param maxTtl longer lifetimes count as this; it also bounds those of /etc/hosts
 * @param negativeTtl when to ask again after a failure, and the longest that "no such name" holds
 */
public record DnsConfig(
        List<Endpoint> nameServers,
        Family family,
        Duration queryTimeout,
        Duration minTtl,
        Duration maxTtl,
        Duration negativeTtl) {
    /** Which addresses of a name are used; never both kinds, or a dual-stack host counts twice. */
    public enum Family {
        /** IPv4 if there is any, else IPv6. */
        AUTO,
        IPV4,
        IPV6
    }

    public static final DnsConfig DEFAULTS =
            new DnsConfig(
                    List.of(),
                    Family.AUTO,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(5));

    public static final Schema<DnsConfig> SCHEMA =
            Schema.record(
                    "DnsConfig",
                    "How names are looked up.",
                    f ->
                            new DnsConfig(
                                    f.optional(
                                            "nameServers",
                                            Schemas.list(EndpointsConfig.ENDPOINT),
                                            DEFAULTS.nameServers,
                                            "address and port of each; those of"
                                                    + " /etc/resolv.conf when left out"),
                                    f.optional(
                                            "family",
                                            Schemas.oneOf(Family.class),
                                            DEFAULTS.family,
                                            "which addresses are used; auto takes IPv4 if there"
                                                    + " is any, else IPv6"),
                                    f.optional(
                                            "queryTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.queryTimeout,
                                            "how long one query may take"),
                                    f.optional(
                                            "minTtl",
                                            Schemas.duration(),
                                            DEFAULTS.minTtl,
                                            "shorter lifetimes count as this"),
                                    f.optional(
                                            "maxTtl",
                                            Schemas.duration(),
                                            DEFAULTS.maxTtl,
                                            "longer lifetimes count as this"),
                                    f.optional(
                                            "negativeTtl",
                                            Schemas.duration(),
                                            DEFAULTS.negativeTtl,
                                            "when to ask again after a failure, and the longest"
                                                    + " that 'no such name' holds")));

    public DnsConfig {
        nameServers = List.copyOf(nameServers);
        for (Endpoint server : nameServers) {
            if (!EndpointsConfig.literal(server.host())) {
                throw new IllegalArgumentException(
                        "nameServers must be IP addresses, but holds '" + server.host() + "'");
            }
        }
        if (queryTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("queryTimeout must be at least 1ms");
        }
        if (minTtl.toMillis() < 10 || minTtl.compareTo(maxTtl) > 0) {
            throw new IllegalArgumentException("minTtl must be between 10ms and maxTtl");
        }
        if (maxTtl.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("maxTtl must be at most 24h");
        }
        if (negativeTtl.compareTo(minTtl) < 0 || negativeTtl.compareTo(maxTtl) > 0) {
            throw new IllegalArgumentException("negativeTtl must be between minTtl and maxTtl");
        }
    }
}
