package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.AddressRange;
import java.util.List;

/**
 * What one client may take of the door itself.
 *
 * @param connections most connections of one address, 0 for any number
 * @param proxyProtocolFrom balancers, which must begin with the PROXY protocol's header
 */
public record ClientsConfig(int connections, List<AddressRange> proxyProtocolFrom) {
    public static final ClientsConfig DEFAULTS = new ClientsConfig(1000, List.of());

    public static final Schema<ClientsConfig> SCHEMA =
            Schema.record(
                    "ClientsConfig",
                    "What one client may take of the door itself.",
                    f ->
                            new ClientsConfig(
                                    f.optional(
                                            "connections",
                                            Schemas.integer(0, 1_000_000),
                                            DEFAULTS.connections,
                                            "most connections of one address, further ones are"
                                                    + " closed at once; 0 for any number, which"
                                                    + " a balancer before the edge needs unless it"
                                                    + " is among proxyProtocolFrom"),
                                    f.optional(
                                            "proxyProtocolFrom",
                                            Schemas.list(AddressRange.SCHEMA),
                                            DEFAULTS.proxyProtocolFrom,
                                            "balancers whose connections must begin with the"
                                                    + " header of the PROXY protocol; they are not"
                                                    + " counted")));

    public ClientsConfig {
        proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
    }
}
