package dev.outrider.sidecar.config;

import dev.outrider.sidecar.admin.AdminConfig;
import dev.outrider.sidecar.auth.JwksConfig;
import dev.outrider.sidecar.auth.JwtConfig;
import dev.outrider.sidecar.discover.DnsConfig;
import dev.outrider.sidecar.edge.EdgeConfig;
import dev.outrider.sidecar.forward.CalledServices;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.inbound.InboundConfig;
import dev.outrider.sidecar.observe.AccessLogConfig;
import dev.outrider.sidecar.observe.LogConfig;
import dev.outrider.sidecar.observe.MetricsConfig;
import dev.outrider.sidecar.observe.TracingConfig;
import dev.outrider.sidecar.outbound.ClusterServicesConfig;
import dev.outrider.sidecar.outbound.OutboundConfig;
import dev.outrider.sidecar.pod.PodConfig;
import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.tls.IdentityConfig;
import dev.outrider.sidecar.tls.TlsConfig;
import dev.outrider.sidecar.transport.Transport;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole configuration file. */
public record SidecarConfig(
        Profile profile,
        String name,
        String namespace,
        @Nullable IdentityConfig identity,
        TlsConfig tls,
        @Nullable InboundConfig inbound,
        @Nullable OutboundConfig outbound,
        @Nullable EdgeConfig edge,
        DnsConfig dns,
        TracingConfig tracing,
        MetricsConfig metrics,
        AccessLogConfig accessLog,
        LogConfig log,
        AdminConfig admin,
        @Nullable PodConfig pod,
        RuntimeConfig runtime) {

    public static final RecordSchema<SidecarConfig> SCHEMA =
            Schema.record(
                    "SidecarConfig",
                    "The configuration of one sidecar.",
                    f ->
                            new SidecarConfig(
                                    f.optional(
                                            "profile",
                                            Schemas.oneOf(Profile.class),
                                            Profile.SIDECAR,
                                            "which listeners start" + "; a change needs a restart"),
                                    f.required(
                                            "name",
                                            Schemas.text(),
                                            "the workload's name in traces, logs and metrics"
                                                    + "; a change needs a restart"),
                                    f.optional(
                                            "namespace",
                                            Schemas.text(),
                                            "default",
                                            "the workload's namespace in metrics"
                                                    + "; a change needs a restart"),
                                    f.nullable(
                                            "identity",
                                            IdentityConfig.SCHEMA,
                                            "who this workload is; needed for everything but"
                                                    + " plain text; a change needs a restart"),
                                    f.optional(
                                            "tls",
                                            TlsConfig.SCHEMA,
                                            TlsConfig.DEFAULTS,
                                            "TLS towards other workloads"
                                                    + "; a change needs a restart"),
                                    f.nullable(
                                            "inbound",
                                            InboundConfig.SCHEMA,
                                            "the way in to the local app"),
                                    f.nullable(
                                            "outbound",
                                            OutboundConfig.SCHEMA,
                                            "the way out for the local app"),
                                    f.nullable(
                                            "edge",
                                            EdgeConfig.SCHEMA,
                                            "the front door, for clients from outside; for"
                                                    + " profile: edge"),
                                    f.optional(
                                            "dns",
                                            DnsConfig.SCHEMA,
                                            DnsConfig.DEFAULTS,
                                            "how names are looked up"),
                                    f.optional(
                                            "tracing",
                                            TracingConfig.SCHEMA,
                                            TracingConfig.DEFAULTS,
                                            "which requests are traced, and where to"),
                                    f.optional(
                                            "metrics",
                                            MetricsConfig.SCHEMA,
                                            MetricsConfig.DEFAULTS,
                                            "how metrics are kept" + "; a change needs a restart"),
                                    f.optional(
                                            "accessLog",
                                            AccessLogConfig.SCHEMA,
                                            AccessLogConfig.DEFAULTS,
                                            "a line for each request"),
                                    f.optional(
                                            "log",
                                            LogConfig.SCHEMA,
                                            LogConfig.DEFAULTS,
                                            "how much the sidecar says of itself"),
                                    f.optional(
                                            "admin",
                                            AdminConfig.SCHEMA,
                                            AdminConfig.DEFAULTS,
                                            "the operator's port" + "; a change needs a restart"),
                                    f.nullable(
                                            "pod",
                                            PodConfig.SCHEMA,
                                            "what the kubelet and Prometheus may have from outside"
                                                    + " the pod; none unless given"),
                                    f.optional(
                                            "runtime",
                                            RuntimeConfig.SCHEMA,
                                            RuntimeConfig.DEFAULTS,
                                            "event loops and shutdown")));

    public SidecarConfig {
        PartChecks checks = new PartChecks();
        checkWork(profile, inbound, outbound, edge, checks);
        // What follows is said of parts that are not to be here at all otherwise.
        checks.refuse();
        CalledServices calls = calls(outbound, edge);
        if (inbound != null && services(calls).containsKey(Inbound.APP)) {
            checks.add(
                    PartPath.of("outbound", "services", Inbound.APP),
                    "outbound service '"
                            + Inbound.APP
                            + "' needs another name: that one means the local app");
        }
        boolean captures =
                inbound != null && inbound.app() == null || outbound != null && outbound.capture();
        if (captures && runtime.transport() == Transport.Kind.NIO) {
            checks.add(
                    PartPath.of("runtime", "transport"),
                    "runtime.transport nio cannot ask where captured connections were going: leave"
                            + " it auto, or give inbound.app and no outbound.capture");
        }
        if (identity == null) {
            checkNoIdentity(inbound, calls, checks);
        }
        if (identity == null || identity.ca() == null) {
            checkFiles(identity == null ? null : inbound, calls, checks);
        } else {
            checkIssuersOfTheMesh(inbound, checks);
        }
        checks.refuse();
    }

    private static void checkWork(
            Profile profile,
            @Nullable InboundConfig inbound,
            @Nullable OutboundConfig outbound,
            @Nullable EdgeConfig edge,
            PartChecks checks) {
        if (profile == Profile.SIDECAR && edge != null) {
            checks.add(
                    PartPath.of("edge"),
                    "edge needs profile: edge; a sidecar lets nobody in from outside");
        } else if (profile == Profile.SIDECAR && inbound == null && outbound == null) {
            checks.add(PartPath.whole(), "give inbound, outbound or both: there is no work");
        }
        if (profile == Profile.EDGE && edge == null) {
            checks.add(PartPath.of("profile"), "profile edge needs the section edge");
        }
        if (profile == Profile.EDGE && (inbound != null || outbound != null)) {
            checks.add(
                    PartPath.of(inbound != null ? "inbound" : "outbound"),
                    "an edge has no local app: remove inbound and outbound, or run a sidecar of"
                            + " its own for it; services it calls belong into edge.services");
        }
    }

    /** What is said of the services that are called; null if none are. */
    public @Nullable CalledServices calls() {
        return calls(outbound, edge);
    }

    private static @Nullable CalledServices calls(
            @Nullable OutboundConfig outbound, @Nullable EdgeConfig edge) {
        return edge == null ? outbound : edge;
    }

    private static void checkNoIdentity(
            @Nullable InboundConfig inbound, @Nullable CalledServices calls, PartChecks checks) {
        if (inbound != null) {
            checks.add(PartPath.of("inbound"), "inbound needs an identity: give identity");
        }
        services(calls)
                .forEach((name, service) -> {
                    if (service.mtls()) {
                        checks.add(
                                path(calls, name).entry("mtls"),
                                section(calls)
                                        + " service '"
                                        + name
                                        + "' needs an identity: give identity, or set its mtls to false");
                    }
                });
        if (unlisted(calls) != null) {
            checks.add(
                    PartPath.of("outbound", "kubernetes", "names"),
                    "outbound.kubernetes needs an identity: give identity, or set its names to"
                            + " false");
        }
    }

    private static @Nullable ClusterServicesConfig unlisted(@Nullable CalledServices calls) {
        return calls instanceof OutboundConfig outbound ? outbound.unlisted() : null;
    }

    /** Without the CA, keys and tokens must come from somewhere else. */
    private static void checkFiles(
            @Nullable InboundConfig inbound, @Nullable CalledServices calls, PartChecks checks) {
        JwtConfig jwt = inbound == null ? null : inbound.jwt();
        if (jwt != null && keysMissing(jwt.jwks())) {
            checks.add(
                    PartPath.of("inbound", "jwt", "jwks"),
                    "inbound.jwt.jwks needs file or url, since identity names no ca to ask");
        }
        ClusterServicesConfig unlisted = unlisted(calls);
        if (unlisted != null && unlisted.tokens()) {
            checks.add(
                    PartPath.of("outbound", "kubernetes", "tokens"),
                    "outbound.kubernetes.tokens needs identity.ca, which makes them out; set it to"
                            + " false");
        }
        services(calls)
                .forEach((name, service) -> {
                    String audience = service.audience();
                    if (audience != null
                            && calls != null
                            && !calls.tokenFiles().containsKey(audience)) {
                        checks.add(
                                path(calls, name).entry("audience"),
                                section(calls)
                                        + " service '"
                                        + name
                                        + "' needs tokens for audience '"
                                        + audience
                                        + "': name its file in "
                                        + section(calls)
                                        + ".tokenFiles, since identity names"
                                        + " no ca to ask");
                    }
                });
    }

    /** The mesh's own tokens name no issuer: their keys say who it was. */
    private static void checkIssuersOfTheMesh(@Nullable InboundConfig inbound, PartChecks checks) {
        JwtConfig jwt = inbound == null ? null : inbound.jwt();
        if (jwt != null && keysMissing(jwt.jwks()) && !jwt.issuers().isEmpty()) {
            checks.add(
                    PartPath.of("inbound", "jwt", "issuers"),
                    "inbound.jwt.issuers needs jwks with file or url: tokens of the mesh's own CA"
                            + " name no issuer and would all be refused");
        }
    }

    private static PartPath path(@Nullable CalledServices calls, String service) {
        return PartPath.of(section(calls), "services", service);
    }

    private static String section(@Nullable CalledServices calls) {
        return calls instanceof EdgeConfig ? "edge" : "outbound";
    }

    private static boolean keysMissing(JwksConfig jwks) {
        return jwks.file() == null && jwks.url() == null;
    }

    private static Map<String, ServiceConfig> services(@Nullable CalledServices calls) {
        return calls == null ? Map.of() : calls.services();
    }
}
