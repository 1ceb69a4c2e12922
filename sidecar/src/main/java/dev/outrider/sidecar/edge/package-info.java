/**
 * Rank 8: traffic from outside the mesh. {@link dev.outrider.sidecar.edge.Edge} is the ordered list
 * of what happens to it before its route is known, {@link dev.outrider.sidecar.edge.EdgeRoutes}
 * what a route then adds, {@link dev.outrider.sidecar.edge.EdgeConfig} what a user may set. Put
 * together once for each configuration; runs on the event loops.
 */
@NullMarked
package dev.outrider.sidecar.edge;

import org.jspecify.annotations.NullMarked;
