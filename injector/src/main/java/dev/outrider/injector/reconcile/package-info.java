/**
 * Keeps a cluster as the mesh needs it: which pods lack their sidecar, the mesh's configuration in
 * each namespace, the label that says who answers for a Service, the webhook's caBundle. Rank 2.
 *
 * <p>What every replica has to know (namespaces, the API server's version and trust) is followed by
 * {@link dev.outrider.injector.reconcile.Cluster}; what is done once is {@link
 * dev.outrider.injector.reconcile.Duties}, of the replica that holds the Lease. Decisions are pure
 * functions of what mirrors hold; each controller then makes the world equal to them, again and
 * again, and says what it could not do. Everything blocks on virtual threads.
 */
@NullMarked
package dev.outrider.injector.reconcile;

import org.jspecify.annotations.NullMarked;
