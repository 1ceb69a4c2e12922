package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.AddressRange;
import java.util.List;

/**
 * How the client's real address is found, and what the service behind is told of it.
 *
 * @param trustedHops how many proxies stand before the edge, whoever they are; 0 for none
 * @param trustedProxies networks of the proxies before the edge; empty where hops are counted
 * @param source the field that those proxies write
 */
public record ClientAddressConfig(
        int trustedHops,
        List<AddressRange> trustedProxies,
        Source source,
        boolean sendXForwarded,
        boolean sendForwarded) {
    private static final int MOST_HOPS = 16;

    /** Which field is read; the other is not believed. */
    public enum Source {
        X_FORWARDED_FOR,
        FORWARDED
    }

    public static final ClientAddressConfig DEFAULTS =
            new ClientAddressConfig(0, List.of(), Source.X_FORWARDED_FOR, true, false);

    public ClientAddressConfig {
        trustedProxies = List.copyOf(trustedProxies);
        if (trustedHops < 0 || trustedHops > MOST_HOPS) {
            throw new IllegalArgumentException("trustedHops must be from 0 to " + MOST_HOPS);
        }
        if (trustedProxies.stream().anyMatch(ClientAddressConfig::namesPort)) {
            throw new IllegalArgumentException(
                    "trustedProxies are addresses and networks without ports");
        }
        if (trustedHops > 0 && !trustedProxies.isEmpty()) {
            throw new IllegalArgumentException(
                    "give trustedHops or trustedProxies, not both; networks are the safer way");
        }
    }

    private static boolean namesPort(AddressRange range) {
        return range.port() != 0;
    }

    public static final Schema<ClientAddressConfig> SCHEMA =
            Schema.record(
                    "ClientAddressConfig",
                    "How the client's real address is found behind other proxies, and what the"
                            + " service behind is told of it.",
                    f ->
                            new ClientAddressConfig(
                                    f.optional(
                                            "trustedHops",
                                            Schemas.integer(0, MOST_HOPS),
                                            0,
                                            "how many proxies stand before the edge; only where"
                                                    + " nobody can reach it past them"),
                                    f.optional(
                                            "trustedProxies",
                                            Schemas.list(AddressRange.SCHEMA),
                                            List.of(),
                                            "networks of the proxies before the edge; what others"
                                                    + " say of a client is not believed"),
                                    f.optional(
                                            "source",
                                            Schemas.oneOf(Source.class),
                                            Source.X_FORWARDED_FOR,
                                            "the field those proxies write"),
                                    f.optional(
                                            "sendXForwarded",
                                            Schemas.bool(),
                                            true,
                                            "whether the service behind gets X-Forwarded-For,"
                                                    + " -Proto, -Host and -Port"),
                                    f.optional(
                                            "sendForwarded",
                                            Schemas.bool(),
                                            false,
                                            "whether it gets Forwarded (RFC 7239)")));
}
