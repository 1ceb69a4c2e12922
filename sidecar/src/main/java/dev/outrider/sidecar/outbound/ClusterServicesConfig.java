package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.discover.ClusterName;
import dev.outrider.sidecar.discover.EndpointsConfig;
import dev.outrider.sidecar.discover.KubernetesConfig;
import dev.outrider.sidecar.discover.ServicePort;
import dev.outrider.sidecar.forward.CallConfig;
import dev.outrider.sidecar.forward.ProxyProtocol;
import dev.outrider.sidecar.forward.ServiceConfig;
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
        CallConfig call) {

    /** None: nothing is known of them. */
    private static final Duration LONGEST = Duration.ZERO;

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
                                    CallConfig.fields(f, LONGEST)));

    /** That Service, whose pods all have a sidecar; who they are the endpoints say. */
    public ServiceConfig service(ClusterName name, ServicePort port) {
        return new ServiceConfig(
                List.of(name.toString()),
                EndpointsConfig.meshed(name, port),
                List.of(),
                null,
                true,
                call,
                null,
                null,
                null,
                List.of(),
                ProxyProtocol.OFF);
    }
}
