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
        requireWork(profile, inbound, outbound, edge);
        if (inbound != null && services(calls(outbound, edge)).containsKey(Inbound.APP)) {
            throw new IllegalArgumentException(
                    "outbound service '"
                            + Inbound.APP
                            + "' needs another name: that one means the local app");
        }
        boolean captures =
                inbound != null && inbound.app() == null || outbound != null && outbound.capture();
        if (captures && runtime.transport() == Transport.Kind.NIO) {
            throw new IllegalArgumentException(
                    "runtime.transport nio cannot ask where captured connections were going: leave"
                            + " it auto, or give inbound.app and no outbound.capture");
        }
        CalledServices calls = calls(outbound, edge);
        if (identity == null) {
            requireNoIdentity(inbound, calls);
        } else if (identity.ca() == null) {
            requireFiles(inbound, calls);
        } else {
            refuseIssuersOfTheMesh(inbound);
        }
    }

    private static void requireWork(
            Profile profile,
            @Nullable InboundConfig inbound,
            @Nullable OutboundConfig outbound,
            @Nullable EdgeConfig edge) {
        if (profile == Profile.SIDECAR && edge != null) {
            throw new IllegalArgumentException(
                    "edge needs profile: edge; a sidecar lets nobody in from outside");
        }
        if (profile == Profile.SIDECAR && inbound == null && outbound == null) {
            throw new IllegalArgumentException("give inbound, outbound or both: there is no work");
        }
        if (profile == Profile.EDGE && edge == null) {
            throw new IllegalArgumentException("profile edge needs the section edge");
        }
        if (profile == Profile.EDGE && (inbound != null || outbound != null)) {
            throw new IllegalArgumentException(
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

    private static void requireNoIdentity(
            @Nullable InboundConfig inbound, @Nullable CalledServices calls) {
        if (inbound != null) {
            throw new IllegalArgumentException("inbound needs an identity: give identity");
        }
        for (Map.Entry<String, ServiceConfig> each : services(calls).entrySet()) {
            if (each.getValue().mtls()) {
                throw new IllegalArgumentException(
                        section(calls)
                                + " service '"
                                + each.getKey()
                                + "' needs an identity: give identity, or set its mtls to false");
            }
        }
        if (unlisted(calls) != null) {
            throw new IllegalArgumentException(
                    "outbound.kubernetes needs an identity: give identity, or set its names to"
                            + " false");
        }
        requireFiles(null, calls);
    }

    private static @Nullable ClusterServicesConfig unlisted(@Nullable CalledServices calls) {
        return calls instanceof OutboundConfig outbound ? outbound.unlisted() : null;
    }

    /** Without the CA, keys and tokens must come from somewhere else. */
    private static void requireFiles(
            @Nullable InboundConfig inbound, @Nullable CalledServices calls) {
        JwtConfig jwt = inbound == null ? null : inbound.jwt();
        if (jwt != null && keysMissing(jwt.jwks())) {
            throw new IllegalArgumentException(
                    "inbound.jwt.jwks needs file or url, since identity names no ca to ask");
        }
        ClusterServicesConfig unlisted = unlisted(calls);
        if (unlisted != null && unlisted.tokens()) {
            throw new IllegalArgumentException(
                    "outbound.kubernetes.tokens needs identity.ca, which makes them out; set it to"
                            + " false");
        }
        for (Map.Entry<String, ServiceConfig> each : services(calls).entrySet()) {
            String audience = each.getValue().audience();
            if (audience != null && calls != null && !calls.tokenFiles().containsKey(audience)) {
                throw new IllegalArgumentException(
                        section(calls)
                                + " service '"
                                + each.getKey()
                                + "' needs tokens for audience '"
                                + audience
                                + "': name its file in "
                                + section(calls)
                                + ".tokenFiles, since identity names"
                                + " no ca to ask");
            }
        }
    }

    /** The mesh's own tokens name no issuer: their keys say who it was. */
    private static void refuseIssuersOfTheMesh(@Nullable InboundConfig inbound) {
        JwtConfig jwt = inbound == null ? null : inbound.jwt();
        if (jwt != null && keysMissing(jwt.jwks()) && !jwt.issuers().isEmpty()) {
            throw new IllegalArgumentException(
                    "inbound.jwt.issuers needs jwks with file or url: tokens of the mesh's own CA"
                            + " name no issuer and would all be refused");
        }
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
