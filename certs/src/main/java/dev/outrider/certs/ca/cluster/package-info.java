/**
 * The authority in a Kubernetes cluster (docs/ca-kubernetes.md): its state in a Secret that several
 * replicas share, callers proven by the API's TokenReview, an intermediate that somebody else makes
 * and renews, what the operator revoked, and the trust bundle with that in a ConfigMap of each
 * namespace. Stands above {@code dev.outrider.certs.ca}, whose interfaces it fills, and below the
 * commands. Everything blocks; mirrors and the lease have virtual threads of their own.
 */
@NullMarked
package dev.outrider.certs.ca.cluster;

import org.jspecify.annotations.NullMarked;
