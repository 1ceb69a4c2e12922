package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.AddressRange;
import java.util.List;

/**
 * Which clients may come at all, by address. What is denied stays denied whatever is allowed.
 *
 * @param allow empty for all
 */
public record NetworkConfig(List<AddressRange> allow, List<AddressRange> deny) {
    public static final NetworkConfig ALL = new NetworkConfig(List.of(), List.of());

    public NetworkConfig {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        allow.forEach(NetworkConfig::withoutPort);
        deny.forEach(NetworkConfig::withoutPort);
    }

    private static void withoutPort(AddressRange range) {
        if (range.port() != 0) {
            throw new IllegalArgumentException(
                    "'" + range + "': clients have no fixed port; write the address alone");
        }
    }

    public static final Schema<NetworkConfig> SCHEMA =
            Schema.record(
                    "NetworkConfig",
                    "Which clients may come, by address or network (CIDR). The address is the"
                            + " client's own, behind trusted hops. Others get 403.",
                    f ->
                            new NetworkConfig(
                                    f.optional(
                                            "allow",
                                            Schemas.list(AddressRange.SCHEMA),
                                            List.of(),
                                            "who may come; without any, all but the denied"),
                                    f.optional(
                                            "deny",
                                            Schemas.list(AddressRange.SCHEMA),
                                            List.of(),
                                            "who may not, also if allowed")));
}
