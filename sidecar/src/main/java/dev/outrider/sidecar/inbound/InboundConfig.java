package dev.outrider.sidecar.inbound;

import dev.outrider.sidecar.auth.AccessConfig;
import dev.outrider.sidecar.auth.IdentityPattern;
import dev.outrider.sidecar.auth.JwtConfig;
import dev.outrider.sidecar.auth.MtlsMode;
import dev.outrider.sidecar.forward.ProxyProtocol;
import dev.outrider.sidecar.forward.TcpConfig;
import dev.outrider.sidecar.forward.UpstreamProtocol;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.listen.PortTable;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.route.UpgradeConfig;
import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.AddressRange;
import dev.outrider.sidecar.transport.IpPort;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way in to the local app.
 *
 * @param app null: wherever each captured connection was going
 * @param jwt null: callers need no token, their certificate is enough
 * @param clientCertificatesFrom patterns of the edges that are believed about their clients
 * @param timeout of a whole request; zero: only the caller's own deadline holds
 */
public record InboundConfig(
        IpPort listen,
        @Nullable IpPort app,
        PortTable ports,
        Duration detectTimeout,
        List<AddressRange> proxyProtocolFrom,
        UpstreamProtocol protocol,
        MtlsMode mtls,
        @Nullable JwtConfig jwt,
        AccessConfig access,
        List<String> clientCertificatesFrom,
        Duration timeout,
        Duration idle,
        int connections,
        H1Limits http,
        H2Limits http2,
        UpgradeConfig upgrades,
        BulkheadConfig bulkhead,
        Duration appConnectTimeout,
        Duration appIdle,
        TcpConfig tcp,
        ProxyProtocol appProxyProtocol) {

    public static final Schema<InboundConfig> SCHEMA =
            Schema.record(
                    "InboundConfig",
                    "The way in to the local app.",
                    f ->
                            new InboundConfig(
                                    f.required(
                                            "listen",
                                            IpPort.SCHEMA,
                                            "where other workloads connect"),
                                    f.nullable(
                                            "app",
                                            IpPort.SCHEMA,
                                            "where the app listens; without it connections must"
                                                    + " be redirected here by the kernel, and go"
                                                    + " on to where they were going"),
                                    PortTable.field(
                                            f,
                                            "what the app speaks, by its port: http, http2, grpc,"
                                                    + " tcp, tls (the app's own; unread, and with"
                                                    + " mtls: permissive open to callers without"
                                                    + " a certificate) or auto, which looks at"
                                                    + " the first bytes. Known ports such as 3306"
                                                    + " are tcp, others auto. A deny rule with"
                                                    + " methods, paths or claims refuses unread"
                                                    + " connections, an allow rule with them does"
                                                    + " not let any in; where jwt is set only"
                                                    + " ports named tcp or tls take them"),
                                    f.optional(
                                            "detectTimeout",
                                            Schemas.duration(),
                                            Duration.ofSeconds(1),
                                            "silence after which a caller is taken to await the"
                                                    + " app's first word; on auto ports, and in"
                                                    + " permissive mode on tcp and tls ports too"),
                                    f.optional(
                                            "proxyProtocolFrom",
                                            Schemas.list(AddressRange.SCHEMA),
                                            List.of(),
                                            "networks of load balancers; whoever connects from"
                                                    + " there must begin with a PROXY protocol"
                                                    + " header (1 or 2), nobody else may"),
                                    f.optional(
                                            "protocol",
                                            Schemas.oneOf(UpstreamProtocol.class),
                                            UpstreamProtocol.AUTO,
                                            "what the app speaks; auto: HTTP/2 for gRPC calls,"
                                                    + " HTTP/1.1 for all other requests"),
                                    f.optional(
                                            "mtls",
                                            Schemas.oneOf(MtlsMode.class),
                                            MtlsMode.STRICT,
                                            "whether callers must prove who they are;"
                                                    + " permissive takes plain text on the same"
                                                    + " port"),
                                    f.nullable(
                                            "jwt",
                                            JwtConfig.SCHEMA,
                                            "the token every request must carry; without it the"
                                                    + " certificate is enough"),
                                    f.optional(
                                            "access",
                                            AccessConfig.SCHEMA,
                                            AccessConfig.DEFAULTS,
                                            "who may call what; without rules every workload of"
                                                    + " the own trust domain may"),
                                    f.optional(
                                            "clientCertificatesFrom",
                                            Schemas.list(IdentityPattern.TEXT),
                                            List.of(),
                                            "SPIFFE ids of the mesh's edges, * as in access:"
                                                    + " what these say in X-Forwarded-Client-Cert"
                                                    + " of their clients' certificates is handed"
                                                    + " on to the app, before the edge's own;"
                                                    + " from all others it is taken out"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            Duration.ZERO,
                                            "longest time for a whole request; 0s leaves it to the"
                                                    + " caller's deadline"),
                                    f.optional(
                                            "idle",
                                            Schemas.duration(),
                                            Duration.ofMinutes(5),
                                            "longest silence while waiting or streaming"),
                                    f.optional(
                                            "connections",
                                            Schemas.integer(1, 1_000_000),
                                            10_000,
                                            "most connections; further ones are closed at once"),
                                    f.optional(
                                            "http",
                                            H1Limits.SCHEMA,
                                            H1Limits.DEFAULTS,
                                            "what callers may send, and how slowly"),
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
                                            "bulkhead",
                                            BulkheadConfig.SCHEMA,
                                            BulkheadConfig.DEFAULTS,
                                            "how many requests and raw TCP connections the app"
                                                    + " gets at once"),
                                    f.optional(
                                            "appConnectTimeout",
                                            Schemas.duration(),
                                            Duration.ofMillis(300),
                                            "longest time for connecting to the app"),
                                    f.optional(
                                            "appIdle",
                                            Schemas.duration(),
                                            Duration.ofSeconds(4),
                                            "longest idling of a connection to the app; many"
                                                    + " servers close after 5s"),
                                    f.optional(
                                            "tcp",
                                            TcpConfig.SCHEMA,
                                            TcpConfig.DEFAULTS,
                                            "connections that are not HTTP"),
                                    f.optional(
                                            "appProxyProtocol",
                                            Schemas.oneOf(ProxyProtocol.class),
                                            ProxyProtocol.OFF,
                                            "version of the PROXY protocol that tells the app who"
                                                    + " the client of a raw TCP connection is")));

    public InboundConfig {
        proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
        clientCertificatesFrom = List.copyOf(clientCertificatesFrom);
        PartChecks checks = new PartChecks();
        if (proxyProtocolFrom.stream().anyMatch(each -> each.port() != 0)) {
            checks.add(
                    PartPath.of("proxyProtocolFrom"),
                    "proxyProtocolFrom names addresses or networks, without ports");
        }
        if (clientCertificatesFrom.contains("*")) {
            checks.add(
                    PartPath.of("clientCertificatesFrom"),
                    "clientCertificatesFrom says '*', and whoever is named may write what it likes:"
                            + " name the edges");
        }
        if (app != null && app.port() == 0) {
            checks.add(PartPath.of("app"), "app must name the port the app listens on");
        }
        checkWait("idle", idle, checks);
        checkWait("appConnectTimeout", appConnectTimeout, checks);
        checkWait("detectTimeout", detectTimeout, checks);
        checks.refuse();
    }

    private static void checkWait(String name, Duration wait, PartChecks checks) {
        if (wait.isZero()) {
            checks.add(PartPath.of(name), name + " must be above 0s");
        }
    }
}
