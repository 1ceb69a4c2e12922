/**
 * Rank 2: HTTP/1.1 for ports aside of the data path. {@link dev.outrider.sidecar.aside.PortServer}
 * holds a bounded number of connections, each on a virtual thread of its own, and gives each one
 * request and a deadline; what is asked for is answered by its handler, which may block. Used by
 * {@code admin} and {@code pod}; never on an event loop.
 */
@NullMarked
package dev.outrider.sidecar.aside;

import org.jspecify.annotations.NullMarked;
