package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.auth.IdentityTokenConfig;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.IpPort;
import java.time.Duration;
import java.util.Map;

/**
 * The way out for the local app.
 *
 * @param services destinations by name
 * @param tokenFiles files with identity tokens by audience; other audiences are minted by the CA
 * @param startWait how long the first calls are held until what they need is there
 */
public record OutboundConfig(
        IpPort listen,
        Map<String, ServiceConfig> services,
        IdentityTokenConfig tokens,
        Map<String, String> tokenFiles,
        int connections,
        H1Limits http,
        Duration startWait) {

    public static final Schema<OutboundConfig> SCHEMA =
            Schema.record(
                    "OutboundConfig",
                    "The way out for the local app.",
                    f ->
                            new OutboundConfig(
                                    f.required(
                                            "listen",
                                            IpPort.SCHEMA,
                                            "where the app connects; plain text, so loopback"),
                                    f.optional(
                                            "services",
                                            Schemas.map(ServiceConfig.SCHEMA),
                                            Map.of(),
                                            "destinations by name"),
                                    f.optional(
                                            "tokens",
                                            IdentityTokenConfig.SCHEMA,
                                            IdentityTokenConfig.DEFAULTS,
                                            "how identity tokens are sent and kept"),
                                    f.optional(
                                            "tokenFiles",
                                            Schemas.map(Schemas.text()),
                                            Map.of(),
                                            "files with identity tokens by audience, read again"
                                                    + " before they expire; other audiences are"
                                                    + " minted by the CA"),
                                    f.optional(
                                            "connections",
                                            Schemas.integer(1, 1_000_000),
                                            10_000,
                                            "most connections; further ones are closed at once"),
                                    f.optional(
                                            "http",
                                            H1Limits.SCHEMA,
                                            H1Limits.DEFAULTS,
                                            "what the app may send, and how slowly"),
                                    f.optional(
                                            "startWait",
                                            Schemas.duration(),
                                            Duration.ofSeconds(5),
                                            "how long the app's first calls are held until the"
                                                    + " identity, the endpoints and the token they"
                                                    + " need are there")));

    public OutboundConfig {
        if (!listen.address().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "listen must be a loopback address: whoever can reach this port calls out in"
                            + " this workload's name");
        }
        var _ = Outbound.targets(services);
    }
}
