package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.HealthConfig;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointsConfig;
import dev.outrider.sidecar.resilience.FaultConfig;
import dev.outrider.sidecar.schema.InvalidParts;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.transport.AddressRange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A destination and how it is called.
 *
 * @param hosts names in the Host field, or asked for in TLS, that mean this service
 * @param endpoints null: wherever each connection was going; never null if it was configured
 * @param identity who may answer; empty: anybody of the own trust domain
 * @param audience for whom the identity token is minted; null: none is attached
 * @param addresses that mean this service when a captured connection was going there
 * @param proxyProtocol what its servers are told of the client; not off: for raw TCP only
 */
public record ServiceConfig(
        List<String> hosts,
        @Nullable EndpointsConfig endpoints,
        List<String> identity,
        @Nullable String audience,
        boolean mtls,
        CallConfig call,
        @Nullable HealthConfig health,
        @Nullable FaultConfig fault,
        @Nullable FallbackConfig fallback,
        List<AddressRange> addresses,
        ProxyProtocol proxyProtocol) {

    private static final Duration LONGEST = Duration.ofSeconds(15);

    public static final Schema<ServiceConfig> SCHEMA =
            Schema.record(
                    "ServiceConfig",
                    "A destination and how it is called.",
                    f ->
                            new ServiceConfig(
                                    f.required(
                                            "hosts",
                                            Schemas.list(Schemas.text()),
                                            "names in the Host header that mean this service"),
                                    f.required(
                                            "endpoints",
                                            EndpointsConfig.SCHEMA,
                                            "where the service runs"),
                                    f.optional(
                                            "identity",
                                            Schemas.list(ExpectedPeer.PATTERN),
                                            List.of(),
                                            "SPIFFE ids that may answer; without any, every"
                                                    + " workload of the own trust domain"),
                                    f.nullable(
                                            "audience",
                                            Schemas.text(),
                                            "audience of the identity token attached to requests;"
                                                    + " without it none is attached"),
                                    f.optional(
                                            "mtls",
                                            Schemas.bool(),
                                            true,
                                            "mutual TLS to the endpoints; false sends plain text"),
                                    CallConfig.fields(f, LONGEST),
                                    f.nullable(
                                            "health",
                                            HealthConfig.SCHEMA,
                                            "active health checks; none without it"),
                                    f.nullable("fault", FaultConfig.SCHEMA, "faults to inject"),
                                    f.nullable(
                                            "fallback",
                                            FallbackConfig.SCHEMA,
                                            "what is answered while the breaker is open"),
                                    f.optional(
                                            "addresses",
                                            Schemas.list(AddressRange.SCHEMA),
                                            List.of(),
                                            "ip, ip:port or CIDR that mean this service when a"
                                                    + " captured connection was going there, such"
                                                    + " as its ClusterIP"),
                                    f.optional(
                                            "proxyProtocol",
                                            Schemas.oneOf(ProxyProtocol.class),
                                            ProxyProtocol.OFF,
                                            "version of the PROXY protocol that tells its servers"
                                                    + " who the client is; the service then takes"
                                                    + " raw TCP only")));

    public ServiceConfig {
        hosts = List.copyOf(hosts);
        identity = List.copyOf(identity);
        addresses = List.copyOf(addresses);
        if (hosts.isEmpty()) {
            throw new InvalidParts(PartPath.of("hosts"), "hosts must name at least one host");
        }
        if (!mtls && !identity.isEmpty()) {
            throw new InvalidParts(
                    PartPath.of("identity"),
                    "identity needs mtls: true, since plain text proves nobody's identity");
        }
        boolean http = health != null || fault != null || fallback != null || audience != null;
        if (proxyProtocol != ProxyProtocol.OFF && http) {
            throw new InvalidParts(
                    PartPath.of("proxyProtocol"),
                    "proxyProtocol is for raw TCP: connections for HTTP are shared by clients, so"
                            + " it would name the wrong one; remove it, or health, fault, fallback and"
                            + " audience, which are for HTTP");
        }
    }

    /** Plain text to wherever each connection was going before it was captured. */
    public static ServiceConfig toOriginalDestination(String name, CallConfig call) {
        return plain(name, null, call);
    }

    /** Plain text to a place that is known without a look-up. */
    public static ServiceConfig at(String name, Endpoint endpoint, CallConfig call) {
        return plain(name, new EndpointsConfig(List.of(endpoint), null, 0), call);
    }

    private static ServiceConfig plain(
            String name, @Nullable EndpointsConfig endpoints, CallConfig call) {
        return new ServiceConfig(
                List.of(name),
                endpoints,
                List.of(),
                null,
                false,
                call,
                null,
                null,
                null,
                List.of(),
                ProxyProtocol.OFF);
    }

    /** Whether a connection made under the other is as good under this one. */
    boolean sameConnections(ServiceConfig other) {
        return mtls == other.mtls
                && identity.equals(other.identity)
                && call.pool().equals(other.call.pool());
    }
}
