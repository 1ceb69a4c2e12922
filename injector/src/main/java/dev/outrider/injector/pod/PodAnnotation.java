package dev.outrider.injector.pod;

import java.util.List;
import java.util.Optional;

/**
 * The one table of what a pod may say about its sidecar, from which docs/injection.md is made. A
 * name is an annotation of the pod, or of its namespace for all pods there. Names of other meshes
 * count where they mean the same.
 */
enum PodAnnotation {
    INJECT(
            "inject",
            "`true`, `false`",
            "whether the pod gets a sidecar; may be a label too, and wins over the namespace's label"),
    IMAGE("image", "image", "another image of the proxy and of init"),
    CPU_REQUEST(
            "cpu-request",
            "`100m`",
            "CPU that the proxy asks for; raises a default limit that is lower",
            Alias.istio("sidecar.istio.io/proxyCPU"),
            Alias.linkerd("proxy-cpu-request")),
    CPU_LIMIT(
            "cpu-limit",
            "`2`",
            "CPU that it gets at most; lowers a default request that is higher",
            Alias.istio("sidecar.istio.io/proxyCPULimit"),
            Alias.linkerd("proxy-cpu-limit")),
    MEMORY_REQUEST(
            "memory-request",
            "`128Mi`",
            "memory that it asks for, likewise",
            Alias.istio("sidecar.istio.io/proxyMemory"),
            Alias.linkerd("proxy-memory-request")),
    MEMORY_LIMIT(
            "memory-limit",
            "`512Mi`",
            "memory that it gets at most, likewise",
            Alias.istio("sidecar.istio.io/proxyMemoryLimit"),
            Alias.linkerd("proxy-memory-limit")),
    NATIVE_SIDECAR(
            "native-sidecar",
            "`true`, `false`",
            "whether the proxy is an init container that goes on running; by itself from Kubernetes"
                    + " 1.29",
            Alias.istio("sidecar.istio.io/nativeSidecar"),
            Alias.linkerd("proxy-enable-native-sidecar"),
            Alias.linkerdBefore("beta", "proxy-enable-native-sidecar"),
            Alias.linkerdBefore("alpha", "proxy-enable-native-sidecar")),
    MTLS(
            "mtls",
            "`strict`, `permissive`",
            "whether callers must prove who they are (`inbound.mtls`)"),
    SKIP_INBOUND_PORTS(
            "skip-inbound-ports",
            "`22,8000-8100`",
            "ports of the app that are not captured, so that calls reach it directly; also names of"
                    + " its ports",
            Alias.istio(IstioLists.NOT_INBOUND),
            Alias.linkerd("skip-inbound-ports")),
    SKIP_OUTBOUND_PORTS(
            "skip-outbound-ports",
            "`3306,5432`",
            "calls to these ports go past the proxy",
            Alias.istio("traffic.sidecar.istio.io/excludeOutboundPorts"),
            Alias.linkerd("skip-outbound-ports")),
    SKIP_SUBNETS(
            "skip-subnets",
            "`10.9.0.0/16,fd00::/8`",
            "calls to these addresses go past the proxy",
            Alias.istio("traffic.sidecar.istio.io/excludeOutboundIPRanges")),
    SKIP_INTERFACES(
            "skip-interfaces",
            "`eth1`",
            "nothing that comes or goes by these is captured",
            Alias.istio("traffic.sidecar.istio.io/excludeInterfaces")),
    INCLUDE_INBOUND_PORTS(
            "include-inbound-ports",
            "`8080`, `all`, `none`",
            "only these ports of the app are captured",
            Alias.istio(IstioLists.INBOUND, Meanings::istioList)),
    INCLUDE_OUTBOUND_PORTS(
            "include-outbound-ports",
            "`80,443`, `all`, `none`",
            "only calls to these ports are captured",
            Alias.istio(IstioLists.OUTBOUND)),
    INCLUDE_SUBNETS(
            "include-subnets",
            "`10.0.0.0/8`, `all`, `none`",
            "only calls to these addresses are captured",
            Alias.istio(IstioLists.RANGES, Meanings::istioList)),
    OPAQUE_PORTS(
            "opaque-ports",
            "`3306,6000-6010`",
            "ports of the app whose bytes are passed through unread; also names of its ports",
            Alias.linkerd("opaque-ports")),
    PROTOCOLS(
            "protocols",
            "`8080=http2,9000=grpc`",
            "what the app speaks, by its port: http, http2, grpc, tcp, tls, auto (`inbound.ports`)"),
    OUTBOUND_PROTOCOLS(
            "outbound-protocols",
            "`5671=tcp`",
            "what is spoken on the ports that the app calls (`outbound.ports`)"),
    REWRITE_PROBES(
            "rewrite-probes",
            "`true`, `false`",
            "whether the kubelet's probes and hooks are led to the proxy's own port, which they can"
                    + " reach without a certificate",
            Alias.istio("sidecar.istio.io/rewriteAppHTTPProbers")),
    MERGE_METRICS(
            "merge-metrics",
            "`true`, `false`",
            "whether Prometheus finds the app's metrics and the proxy's on one page",
            Alias.istio("prometheus.istio.io/merge-metrics")),
    DRAIN(
            "drain",
            "`25s`",
            "from SIGTERM to the proxy's end at most (`runtime.drain`); by itself from"
                    + " terminationGracePeriodSeconds",
            Alias.linkerd("shutdown-grace-period", Meanings::seconds)),
    LOG_LEVEL(
            "log-level",
            "off, error, warn, info, debug, trace",
            "how much the proxy says of itself (`log.level`)",
            Alias.istio("sidecar.istio.io/logLevel", Meanings::logLevel),
            Alias.linkerd("proxy-log-level", Meanings::logLevel)),
    ACCESS_LOG(
            "access-log",
            "`off`, `stdout`",
            "a line of JSON for each request (`accessLog.output`)",
            Alias.linkerd("access-log", Meanings::accessLog)),
    TRACE_SAMPLING(
            "trace-sampling",
            "`1%`",
            "share of the traces begun here that are recorded (`tracing.sampling`)"),
    CONFIG(
            "config",
            "YAML",
            "laid over the configuration of the mesh and of the namespace; of the pod only, and"
                    + " watched while it runs");

    static final String PREFIX = "outrider.dev/";

    private final String suffix;
    private final String examples;
    private final String help;
    private final List<Alias> aliases;

    PodAnnotation(String suffix, String examples, String help, Alias... aliases) {
        this.suffix = suffix;
        this.examples = examples;
        this.help = help;
        this.aliases = List.of(aliases);
    }

    /**
     * A name in another mesh.
     *
     * @param ofNamespaces whether that mesh reads it from namespaces too
     */
    record Alias(String name, Meaning meaning, boolean ofNamespaces) {
        static Alias istio(String name) {
            return new Alias(name, Optional::of, false);
        }

        static Alias istio(String name, Meaning meaning) {
            return new Alias(name, meaning, false);
        }

        static Alias linkerd(String name) {
            return linkerd(name, Optional::of);
        }

        /** Of a setting that Linkerd has made stable, or is about to. */
        static Alias linkerdBefore(String stage, String name) {
            return new Alias("config." + stage + ".linkerd.io/" + name, Optional::of, true);
        }

        static Alias linkerd(String name, Meaning meaning) {
            return new Alias("config.linkerd.io/" + name, meaning, true);
        }
    }

    /** What a value of another mesh is in our words; nothing if we have no such thing. */
    interface Meaning {
        Optional<String> of(String value);
    }

    String annotation() {
        return PREFIX + suffix;
    }

    String examples() {
        return examples;
    }

    String help() {
        return help;
    }

    List<Alias> aliases() {
        return aliases;
    }
}
