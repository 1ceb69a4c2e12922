package dev.outrider.certs.command;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.ca.cluster.ClusterSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where things are in a cluster; each has a default, so that {@code --kubernetes} is enough. */
public final class ClusterOptions {
    @Mixin private final ClusterPlace place = new ClusterPlace();

    @Option(
            names = "--issuer-secret",
            description = {
                "A Secret of type kubernetes.io/tls (tls.crt, tls.key, ca.crt) with an",
                "intermediate that cert-manager makes and renews; then no root is made here."
            })
    private @Nullable String issuerSecret;

    @Option(
            names = "--audience",
            defaultValue = "outrider-ca",
            description = "Of the tokens that callers show (default: ${DEFAULT-VALUE}).")
    private String audience = "";

    @Option(
            names = "--trust-config-map",
            defaultValue = "outrider-trust",
            description =
                    "The ConfigMap with bundle.pem in each namespace (default: ${DEFAULT-VALUE}).")
    private String trustConfigMap = "";

    @Option(
            names = "--revoked-config-map",
            defaultValue = "outrider-revoked",
            description = {
                "The ConfigMap in --namespace with what is revoked: SPIFFE ids, and certificates by",
                "serial number or SHA-256 in hex, one a line, under any keys",
                "(default: ${DEFAULT-VALUE})."
            })
    private String revokedConfigMap = "";

    @Option(
            names = "--trust-namespaces",
            defaultValue = ClusterSettings.OPTED_IN,
            description = {
                "Label selector of the namespaces that get it, empty for all",
                "(default: ${DEFAULT-VALUE})."
            })
    private String trustNamespaces = "";

    @Option(
            names = "--replica",
            description =
                    "This replica's name in the Lease (default: OUTRIDER_POD_NAME, HOSTNAME).")
    private @Nullable String replica;

    public boolean kubernetes() {
        return place.kubernetes();
    }

    public ClusterSettings settings(String trustDomain, KeyAlgorithm algorithm) {
        return new ClusterSettings(
                trustDomain,
                algorithm,
                place.namespace(),
                place.secret(),
                Optional.ofNullable(issuerSecret),
                audience,
                trustConfigMap,
                revokedConfigMap,
                trustNamespaces,
                replica());
    }

    private String replica() {
        String given = replica;
        for (String candidate :
                new @Nullable String[] {
                    given, System.getenv("OUTRIDER_POD_NAME"), System.getenv("HOSTNAME")
                }) {
            if (candidate != null && !candidate.isBlank()) {
                return candidate;
            }
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("this host has no name; give --replica", e);
        }
    }
}
