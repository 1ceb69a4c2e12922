package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.balance.BalanceConfig;
import dev.outrider.sidecar.balance.OutlierConfig;
import dev.outrider.sidecar.discover.ClusterName;
import dev.outrider.sidecar.discover.EndpointsConfig;
import dev.outrider.sidecar.discover.KubernetesConfig;
import dev.outrider.sidecar.discover.ServicePort;
import dev.outrider.sidecar.forward.PoolConfig;
import dev.outrider.sidecar.forward.ProxyProtocol;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.UpstreamProtocol;
import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.resilience.RetryConfig;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.List;

/**
 * The cluster, and how its Services are called that nobody listed.
 *
 * @param names whether names of the cluster mean its Services
 * @param unanswered what becomes of calls to a name that the API never answered for
 * @param addresses whether raw TCP is recognised by the name its address has in the cluster's DNS
 * @param tokens whether they get the identity token, made out to whoever answers
 */
public record ClusterServicesConfig(
        KubernetesConfig cluster,
        boolean names,
        OutboundConfig.Unknown unanswered,
        boolean addresses,
        boolean tokens,
        UpstreamProtocol protocol,
        Duration timeout,
        Duration idle,
        RetryConfig retry,
        BreakerConfig breaker,
        BulkheadConfig bulkhead,
        BalanceConfig balance,
        OutlierConfig outliers,
        PoolConfig pool) {

    public static final Schema<ClusterServicesConfig> SCHEMA =
            Schema.record(
                    "ClusterServicesConfig",
                    "The Kubernetes cluster, and how its Services are called that are not listed.",
                    f ->
                            new ClusterServicesConfig(
                                    KubernetesConfig.fields(f),
                                    f.optional(
                                            "names",
                                            Schemas.bool(),
                                            true,
                                            "whether svc, svc.ns, svc.ns.svc and"
                                                    + " svc.ns.svc.<clusterDomain> mean the"
                                                    + " cluster's Services. One whose pods all"
                                                    + " have a sidecar (label"
                                                    + " outrider.dev/service-account) is called"
                                                    + " over mutual TLS, any other is unknown"),
                                    f.optional(
                                            "unanswered",
                                            Schemas.oneOf(OutboundConfig.Unknown.class),
                                            OutboundConfig.Unknown.REFUSE,
                                            "what becomes of calls to such a name while the API"
                                                    + " cannot be reached and never answered for"
                                                    + " it: refuse, or pass as unknown"),
                                    f.optional(
                                            "addresses",
                                            Schemas.bool(),
                                            true,
                                            "whether captured raw TCP is recognised by the name"
                                                    + " that its address has in the cluster's DNS"
                                                    + " (PTR, checked by the name's addresses)"),
                                    f.optional(
                                            "tokens",
                                            Schemas.bool(),
                                            false,
                                            "whether these Services get the identity token; its"
                                                    + " audience is the SPIFFE id of their pods"),
                                    f.optional(
                                            "protocol",
                                            Schemas.oneOf(UpstreamProtocol.class),
                                            UpstreamProtocol.AUTO,
                                            "what they speak; auto: what the caller spoke"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            Duration.ZERO,
                                            "longest time for the whole request with all retries;"
                                                    + " 0s for none, since nothing is known of"
                                                    + " them"),
                                    f.optional(
                                            "idle",
                                            Schemas.duration(),
                                            Duration.ofMinutes(5),
                                            "longest silence while waiting or streaming"),
                                    f.optional(
                                            "retry",
                                            RetryConfig.SCHEMA,
                                            RetryConfig.DEFAULTS,
                                            "which failures are tried again"),
                                    f.optional(
                                            "breaker",
                                            BreakerConfig.SCHEMA,
                                            BreakerConfig.DEFAULTS,
                                            "when to stop calling for a while"),
                                    f.optional(
                                            "bulkhead",
                                            BulkheadConfig.SCHEMA,
                                            BulkheadConfig.DEFAULTS,
                                            "how many calls and raw TCP connections may run and"
                                                    + " wait at once, of each Service"),
                                    f.optional(
                                            "balance",
                                            BalanceConfig.SCHEMA,
                                            BalanceConfig.DEFAULTS,
                                            "how requests are spread over the endpoints"),
                                    f.optional(
                                            "outliers",
                                            OutlierConfig.SCHEMA,
                                            OutlierConfig.DEFAULTS,
                                            "when one endpoint is set aside"),
                                    f.optional(
                                            "pool",
                                            PoolConfig.SCHEMA,
                                            PoolConfig.DEFAULTS,
                                            "how connections are made and kept")));

    public ClusterServicesConfig {
        if (idle.isZero()) {
            throw new IllegalArgumentException("idle must be longer than 0s");
        }
    }

    /** That Service, whose pods all have a sidecar; who they are the endpoints say. */
    public ServiceConfig service(ClusterName name, ServicePort port) {
        return new ServiceConfig(
                List.of(name.toString()),
                EndpointsConfig.meshed(name, port),
                List.of(),
                null,
                true,
                protocol,
                timeout,
                idle,
                retry,
                breaker,
                bulkhead,
                balance,
                outliers,
                null,
                null,
                null,
                pool,
                List.of(),
                ProxyProtocol.OFF);
    }
}
