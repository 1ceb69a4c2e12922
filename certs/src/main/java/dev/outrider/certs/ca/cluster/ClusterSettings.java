package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.KeyAlgorithm;
import java.util.Optional;

/**
 * Where an authority's things are in its cluster.
 *
 * @param namespace of its Secrets and its Lease
 * @param secret with its state; the Lease has the same name
 * @param issuerSecret of type {@code kubernetes.io/tls}, with an intermediate handed over
 * @param audience of the tokens that callers show
 * @param trustConfigMap its name in each namespace
 * @param revokedConfigMap the operator's list of what is revoked, in {@code namespace}
 * @param trustNamespaces label selector of those that get it; empty for all
 * @param replica this process, unlike every other
 * @param algorithm of a root of our own
 */
public record ClusterSettings(
        String trustDomain,
        KeyAlgorithm algorithm,
        String namespace,
        String secret,
        Optional<String> issuerSecret,
        String audience,
        String trustConfigMap,
        String revokedConfigMap,
        String trustNamespaces,
        String replica) {
    /** Both words by which a namespace opts in: the webhook and the injector heed them alike. */
    public static final String OPTED_IN = "outrider.dev/inject in (enabled,true)";

    public ClusterSettings {
        if (audience.isBlank() || replica.isBlank()) {
            throw new IllegalArgumentException("the audience and the replica need a name");
        }
    }
}
