package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.auth.IdentityTokenConfig;
import dev.outrider.sidecar.discover.KubernetesConfig;
import dev.outrider.sidecar.forward.CalledServices;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.TcpConfig;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.listen.PortTable;
import dev.outrider.sidecar.route.AddressTable;
import dev.outrider.sidecar.route.HostTable;
import dev.outrider.sidecar.route.UpgradeConfig;
import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.AddressRange;
import dev.outrider.sidecar.transport.IpPort;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way out for the local app.
 *
 * @param services destinations by name
 * @param eager how many services, the first, are looked up before they are called, and kept
 * @param unknown what becomes of captured connections to what is no service
 * @param tokenFiles files with identity tokens by audience; other audiences are minted by the CA
 * @param startWait how long the first calls are held until what they need is there
 * @param kubernetes null: names of a cluster mean nothing by themselves
 */
public record OutboundConfig(
        IpPort listen,
        boolean capture,
        PortTable ports,
        Duration detectTimeout,
        Map<String, ServiceConfig> services,
        int eager,
        IdentityTokenConfig tokens,
        Map<String, String> tokenFiles,
        int connections,
        H1Limits http,
        H2Limits http2,
        UpgradeConfig upgrades,
        Unknown unknown,
        TcpConfig tcp,
        Duration startWait,
        @Nullable ClusterServicesConfig kubernetes)
        implements CalledServices {

    /** What becomes of connections to what is no service. */
    public enum Unknown {
        /** They go where they were going, in plain text. */
        PASS,
        REFUSE
    }

    public static final Schema<OutboundConfig> SCHEMA =
            Schema.record(
                    "OutboundConfig",
                    "The way out for the local app.",
                    f ->
                            new OutboundConfig(
                                    f.required(
                                            "listen",
                                            IpPort.SCHEMA,
                                            "where the app connects; plain text, so loopback, or"
                                                    + " with capture any address"),
                                    f.optional(
                                            "capture",
                                            Schemas.bool(),
                                            false,
                                            "the kernel redirects the app's connections here; each"
                                                    + " is asked where it was going, and one that"
                                                    + " was not redirected must come from"
                                                    + " loopback. Not with the nio transport"),
                                    PortTable.field(
                                            f,
                                            "what captured connections speak, by the port they go"
                                                    + " to: http, http2, grpc, tcp, tls (unread"
                                                    + " but for the server's name) or auto, which"
                                                    + " looks at the first bytes. Known ports such"
                                                    + " as 3306 are tcp, others auto"),
                                    f.optional(
                                            "detectTimeout",
                                            Schemas.duration(),
                                            Duration.ofSeconds(1),
                                            "silence after which the app is taken to await the"
                                                    + " server's first word, on auto ports; once"
                                                    + " a server has spoken first the next"
                                                    + " connection to it does not wait"),
                                    f.optional(
                                            "services",
                                            Schemas.map(ServiceConfig.SCHEMA),
                                            Map.of(),
                                            "destinations by name"),
                                    f.optional(
                                            "eager",
                                            Schemas.integer(0, 100_000),
                                            100,
                                            "how many services, the first in the file, are looked"
                                                    + " up at the start, before readiness, and"
                                                    + " kept; any further one when it is first"
                                                    + " called, which startWait bounds, and it is"
                                                    + " let go after 10m without use. Those that"
                                                    + " captured raw TCP reaches by the address of"
                                                    + " an endpoint found by DNS belong among the"
                                                    + " first"),
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
                                            "http2",
                                            H2Limits.SCHEMA,
                                            H2Limits.DEFAULTS,
                                            "the same for HTTP/2, and how long its connections"
                                                    + " live"),
                                    f.optional(
                                            "upgrades",
                                            UpgradeConfig.SCHEMA,
                                            UpgradeConfig.DEFAULTS,
                                            "which requests may become tunnels"),
                                    f.optional(
                                            "unknown",
                                            Schemas.oneOf(Unknown.class),
                                            Unknown.REFUSE,
                                            "what becomes of captured connections to what is no"
                                                    + " service: pass sends them on in plain text"
                                                    + " to where they were going"),
                                    f.optional(
                                            "tcp",
                                            TcpConfig.SCHEMA,
                                            TcpConfig.DEFAULTS,
                                            "connections that are not HTTP"),
                                    f.optional(
                                            "startWait",
                                            Schemas.duration(),
                                            Duration.ofSeconds(5),
                                            "how long the app's first calls, and the first call"
                                                    + " to a service that is not looked up, are"
                                                    + " held until the identity, the endpoints and"
                                                    + " the token they need are there"),
                                    f.nullable(
                                            "kubernetes",
                                            ClusterServicesConfig.SCHEMA,
                                            "the Kubernetes cluster, whose Services need not be"
                                                    + " listed then; see discovery.md")));

    public OutboundConfig {
        PartChecks checks = new PartChecks();
        if (!capture && !listen.address().isLoopbackAddress()) {
            checks.add(
                    PartPath.of("listen"),
                    "listen must be a loopback address: whoever can reach this port calls out in"
                            + " this workload's name; with capture: true it may be another, since"
                            + " only redirected connections are then taken from outside");
        }
        if (detectTimeout.isZero()) {
            checks.add(PartPath.of("detectTimeout"), "detectTimeout must be above 0s");
        }
        if (services.containsKey(Outbound.PASSTHROUGH)) {
            checks.add(
                    PartPath.of("services", Outbound.PASSTHROUGH),
                    "no service may be named " + Outbound.PASSTHROUGH + ": it is unknown: pass");
        }
        checkNames(services, checks);
        checks.refuse();
    }

    /** No two services are called the same. */
    private static void checkNames(Map<String, ServiceConfig> services, PartChecks checks) {
        HostTable.Growing<String> hosts = new HostTable.Growing<>();
        AddressTable.Growing<String> addresses = new AddressTable.Growing<>();
        services.forEach((name, service) -> {
            PartPath path = PartPath.of("services", name);
            for (int i = 0; i < service.hosts().size(); i++) {
                String host = service.hosts().get(i);
                checks.check(path.entry("hosts").item(i), () -> hosts.add(host, name));
            }
            for (int i = 0; i < service.addresses().size(); i++) {
                AddressRange range = service.addresses().get(i);
                checks.check(path.entry("addresses").item(i), () -> addresses.add(range, name));
            }
        });
    }

    @Override
    public KubernetesConfig cluster() {
        return kubernetes == null ? KubernetesConfig.DEFAULTS : kubernetes.cluster();
    }

    /** How the cluster's Services are called that are not listed; null if they are not. */
    public @Nullable ClusterServicesConfig unlisted() {
        return kubernetes == null || !kubernetes.names() ? null : kubernetes;
    }
}
