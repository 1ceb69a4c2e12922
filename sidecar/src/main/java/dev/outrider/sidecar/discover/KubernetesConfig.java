package dev.outrider.sidecar.discover;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cluster whose Services are called.
 *
 * @param namespace of names that say none; null: the workload's own
 * @param zone where this workload runs; null: what the environment says; empty: nobody knows
 * @param sameZone whether the hints of slices are followed
 * @param api null: as a pod of the cluster finds it
 * @param credentials folder with the files token and ca.crt
 * @param services how many are followed at most
 * @param absentFor how long it holds that there is no such Service
 */
public record KubernetesConfig(
        @Nullable String namespace,
        String clusterDomain,
        @Nullable String zone,
        boolean sameZone,
        @Nullable Endpoint api,
        Path credentials,
        int services,
        Duration absentFor) {
    public static final KubernetesConfig DEFAULTS =
            new KubernetesConfig(
                    null,
                    "cluster.local",
                    null,
                    true,
                    null,
                    KubeApi.SERVICE_ACCOUNT,
                    500,
                    Duration.ofSeconds(10));

    public static final Schema<KubernetesConfig> SCHEMA =
            Schema.record(
                    "KubernetesConfig",
                    "The cluster whose Services are called.",
                    KubernetesConfig::fields);

    /** The same, for a record that has more to say of it. */
    public static KubernetesConfig fields(Fields f) {
        return new KubernetesConfig(
                f.nullable(
                        "namespace",
                        Schemas.text(),
                        "the namespace of names that say none; without it the workload's"),
                f.optional(
                        "clusterDomain",
                        Schemas.text(),
                        DEFAULTS.clusterDomain,
                        "what the names of the cluster's DNS end with"),
                f.nullable(
                        "zone",
                        Schemas.text(),
                        "the zone this workload runs in; without it the variable OUTRIDER_ZONE;"
                                + " empty if nobody knows"),
                f.optional(
                        "sameZone",
                        Schemas.bool(),
                        DEFAULTS.sameZone,
                        "whether endpoints that slices hint at for the own zone come first"),
                f.nullable(
                        "api",
                        EndpointsConfig.ENDPOINT,
                        "host:port of the API server; without it KUBERNETES_SERVICE_HOST and"
                                + " KUBERNETES_SERVICE_PORT"),
                f.optional(
                        "credentials",
                        path(),
                        DEFAULTS.credentials,
                        "folder with token and ca.crt, which are read again when they change"),
                f.optional(
                        "services",
                        Schemas.integer(1, 100_000),
                        DEFAULTS.services,
                        "Services followed at most; for a further one that unused longest is let"
                                + " go"),
                f.optional(
                        "absentFor",
                        Schemas.duration(),
                        DEFAULTS.absentFor,
                        "how long it holds that there is no such Service"));
    }

    public KubernetesConfig {
        if (namespace != null && ClusterName.parse("x." + namespace, "x", clusterDomain) == null) {
            throw new IllegalArgumentException("namespace must be the name of a namespace");
        }
        if (clusterDomain.isBlank() || clusterDomain.startsWith(".")) {
            throw new IllegalArgumentException("clusterDomain must be a domain: cluster.local");
        }
        if (absentFor.toMillis() < 100) {
            throw new IllegalArgumentException("absentFor must be at least 100ms");
        }
    }

    /** With what holds where nothing is said. */
    public KubernetesConfig in(String ownNamespace, String ownZone) {
        return new KubernetesConfig(
                namespace == null ? ownNamespace : namespace,
                clusterDomain,
                zone == null ? ownZone : zone,
                sameZone,
                api,
                credentials,
                services,
                absentFor);
    }

    /** The client for it; fails, with a sentence, when there is nothing to ask with. */
    public KubeApi open(Map<String, String> environment) throws IOException {
        Map<String, String> server =
                api == null
                        ? environment
                        : Map.of(
                                "KUBERNETES_SERVICE_HOST",
                                api.host(),
                                "KUBERNETES_SERVICE_PORT",
                                String.valueOf(api.port()));
        return KubeApi.inCluster(server, credentials);
    }

    private static Schema<Path> path() {
        return Schemas.scalar(
                "path",
                Map.of("type", "string"),
                DEFAULTS.credentials,
                text -> {
                    try {
                        return Path.of(text);
                    } catch (InvalidPathException e) {
                        throw new IllegalArgumentException("expected a path", e);
                    }
                });
    }
}
