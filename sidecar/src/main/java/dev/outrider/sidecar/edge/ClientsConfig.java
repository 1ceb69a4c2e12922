package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.auth.edge.ClientAddressConfig;
import dev.outrider.sidecar.limit.ConcurrencyConfig;
import dev.outrider.sidecar.limit.NetworkConfig;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.AddressRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where clients come from, and what one of them may take of the door itself.
 *
 * @param connections most connections of one address, 0 for any number
 * @param proxyProtocolFrom balancers, which must begin with the PROXY protocol's header
 * @param address how a client's address is found behind proxies
 * @param networks who may come at all
 * @param concurrent requests at a time; null for any number
 */
public record ClientsConfig(
        int connections,
        List<AddressRange> proxyProtocolFrom,
        ClientAddressConfig address,
        NetworkConfig networks,
        @Nullable ConcurrencyConfig concurrent) {
    public static final ClientsConfig DEFAULTS =
            new ClientsConfig(
                    1000, List.of(), ClientAddressConfig.DEFAULTS, NetworkConfig.ALL, null);

    public static final Schema<ClientsConfig> SCHEMA =
            Schema.record(
                    "ClientsConfig",
                    "Where clients come from, and what one of them may take of the door itself.",
                    f ->
                            new ClientsConfig(
                                    f.optional(
                                            "connections",
                                            Schemas.integer(0, 1_000_000),
                                            DEFAULTS.connections,
                                            "most connections of one address, of IPv6 of one"
                                                    + " /64, further ones are closed at once; 0"
                                                    + " for any number, which a balancer before"
                                                    + " the edge needs unless it is among"
                                                    + " proxyProtocolFrom"),
                                    f.optional(
                                            "proxyProtocolFrom",
                                            Schemas.list(AddressRange.SCHEMA),
                                            DEFAULTS.proxyProtocolFrom,
                                            "balancers whose connections must begin with the"
                                                    + " header of the PROXY protocol; they are not"
                                                    + " counted"),
                                    f.optional(
                                            "address",
                                            ClientAddressConfig.SCHEMA,
                                            DEFAULTS.address,
                                            "whom to believe about where a client is"),
                                    f.optional(
                                            "networks",
                                            NetworkConfig.SCHEMA,
                                            DEFAULTS.networks,
                                            "who may come at all"),
                                    f.nullable(
                                            "concurrent",
                                            ConcurrencyConfig.SCHEMA,
                                            "requests of one client at a time; any number"
                                                    + " without")));

    public ClientsConfig {
        proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
    }
}
