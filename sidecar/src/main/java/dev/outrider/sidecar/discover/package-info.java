/**
 * Rank 1: where a service's endpoints are. An {@link dev.outrider.sidecar.discover.EndpointSource}
 * publishes immutable {@link dev.outrider.sidecar.discover.EndpointSet} snapshots: fixed ones, or
 * what DNS says. Started and closed by the composition root; subscribers are told on the source's
 * own thread (an event loop for DNS), one call at a time, and must not block. Made for names in use
 * only; a bounded number of look-ups runs at a time.
 */
@NullMarked
package dev.outrider.sidecar.discover;

import org.jspecify.annotations.NullMarked;
