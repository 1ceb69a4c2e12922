/**
 * Rank 1: where a service's endpoints are. An {@link dev.outrider.sidecar.discover.EndpointSource}
 * publishes immutable {@link dev.outrider.sidecar.discover.EndpointSet} snapshots: fixed ones, what
 * DNS says, or what the EndpointSlices of a {@link dev.outrider.sidecar.discover.Cluster} say.
 * Started and closed by the composition root; subscribers are told on the source's own thread (an
 * event loop for DNS, virtual threads for a cluster), one call at a time, and must not block. Made
 * for names in use only; a bounded number of look-ups runs at a time. Nothing that waits for a
 * cluster's API runs on an event loop.
 */
@NullMarked
package dev.outrider.sidecar.discover;

import org.jspecify.annotations.NullMarked;
